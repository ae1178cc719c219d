namespace BuildData;

/// <summary>
/// The exception for an update of a resource that does not exist. The update has stored nothing and announced no event.
/// </summary>
public sealed class ResourceNotFoundException : BuildDataException
{
    internal ResourceNotFoundException(string kind, long id)
        : base($"There is no {kind} with the id {id}.")
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>Gets the type of the resource, such as <c>build</c>, <c>step</c> or <c>buildset</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets the id that no resource of this type has.</summary>
    public long Id { get; }
}
