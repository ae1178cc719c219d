namespace BuildData.Values;

/// <summary>A reference to a resource, which knows how paths write it.</summary>
internal interface IPathReference
{
    /// <summary>Gets the reference as one segment, percent-encoded; null if it takes several segments.</summary>
    string? Segment { get; }
}
