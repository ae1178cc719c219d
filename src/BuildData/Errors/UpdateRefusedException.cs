namespace BuildData;

/// <summary>
/// The exception for an update that contradicts the database. An example is <see cref="Updates.AddBuild"/> with a build request that
/// belongs to another builder. The refused update has changed nothing and announced no event.
/// </summary>
public sealed class UpdateRefusedException : BuildDataException
{
    internal UpdateRefusedException(string kind, long id, string message)
        : base(message)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>Gets the type of the resource that the update could not use, such as <c>build request</c>.</summary>
    public string Kind { get; }

    /// <summary>Gets the id of the resource that the update could not use.</summary>
    public long Id { get; }
}
