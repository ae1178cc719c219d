namespace BuildData;

/// <summary>An update names a resource that does not exist. Nothing was written and nothing was announced.</summary>
public sealed class ResourceNotFoundException : BuildDataException
{
    internal ResourceNotFoundException(string kind, long id)
        : base($"There is no {kind} with the id {id}.")
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>The resource type that was looked for: <c>build</c>, <c>step</c>, <c>buildset</c>, ….</summary>
    public string Kind { get; }

    /// <summary>The id that names nothing.</summary>
    public long Id { get; }
}
