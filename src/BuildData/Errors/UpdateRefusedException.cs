namespace BuildData;

/// <summary>
/// An update does not fit the resource that it names: it would contradict what is stored. Nothing was written and nothing was
/// announced.
/// </summary>
public sealed class UpdateRefusedException : BuildDataException
{
    internal UpdateRefusedException(string kind, long id, string message)
        : base(message)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>Gets the type of the resource that the update does not fit: <c>build request</c>, <c>build</c>, <c>step</c>, ….</summary>
    public string Kind { get; }

    /// <summary>Gets the id of the resource that the update does not fit.</summary>
    public long Id { get; }
}
