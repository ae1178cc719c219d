namespace BuildData.Values;

/// <summary>Represents a reference to a resource that can be written into a path.</summary>
internal interface IPathReference
{
    /// <summary>Gets the reference as one segment, percent-encoded; null if it takes several segments.</summary>
    string? Segment { get; }
}
