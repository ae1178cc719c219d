namespace BuildData.Values;

/// <summary>Represents a reference to a resource, such as the id or the name of a builder. An interpolated path can contain the reference.</summary>
internal interface IPathReference
{
    /// <summary>Gets the reference as one percent-encoded path segment. Null if the reference needs several segments, and therefore can't be inserted.</summary>
    string? Segment { get; }
}
