namespace BuildData;

/// <summary>
/// The exception for an update or a read of a resource that does not exist. An update has stored nothing and announced no event.
/// </summary>
public sealed class ResourceNotFoundException : BuildDataException
{
    internal ResourceNotFoundException(string kind, long id)
        : base($"There is no {kind} with the id {id}.")
    {
        Kind = kind;
        Id = id;
    }

    internal ResourceNotFoundException(string kind, string path)
        : base($"There is no {kind} '{path}'.") => Kind = kind;

    /// <summary>Gets the type of the resource, such as <c>build</c>, <c>step</c> or <c>buildset</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets the id that no resource of this type has; 0 if the caller has named the resource in another way.</summary>
    public long Id { get; }
}
