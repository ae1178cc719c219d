namespace BuildData;

/// <summary>
/// The exception for an update that contradicts the stored state of a resource. The update has stored nothing and announced no event.
/// </summary>
public sealed class UpdateRefusedException : BuildDataException
{
    internal UpdateRefusedException(string kind, long id, string message)
        : base(message)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>Gets the type of the resource, such as <c>build request</c>, <c>build</c> or <c>step</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets the id of the resource.</summary>
    public long Id { get; }
}
