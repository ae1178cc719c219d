namespace BuildData;

/// <summary>The exception for a copy that <see cref="BuildDataCopy"/> refuses. The target is unchanged.</summary>
public sealed class CopyRefusedException : StoreException
{
    internal CopyRefusedException(string store, CopyRefusal reason, string detail)
        : base($"Nothing can be copied into '{store}'. {detail} Choose an empty store.")
    {
        Store = store;
        Reason = reason;
    }

    /// <summary>Gets the name of the target. For SQLite, this is the full path of the database file.</summary>
    public string Store { get; }

    /// <summary>Gets the reason of the refusal.</summary>
    public CopyRefusal Reason { get; }
}
