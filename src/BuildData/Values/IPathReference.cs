namespace BuildData.Values;

/// <summary>
/// Represents a reference to a resource, such as the id or the name of a builder. The reference can be a value in an interpolated path.
/// </summary>
internal interface IPathReference
{
    /// <summary>
    /// Gets the reference as one percent-encoded path segment. Null if the reference needs several segments. A reference that needs several
    /// segments can't be a value in an interpolated path.
    /// </summary>
    string? Segment { get; }
}
