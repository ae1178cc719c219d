namespace BuildData;

/// <summary>
/// The exception for a copy that differs from its source, as the comparison at the end of <see cref="BuildDataCopy.Run"/> has shown. The
/// target can't be opened. Start again with an empty target.
/// </summary>
/// <remarks>The cause is that the source or the target was changed by another program while the copy was running or interrupted.</remarks>
public sealed class CopyDifferenceException : StoreException
{
    internal CopyDifferenceException(string store, IReadOnlyList<string> tables, string detail)
        : base($"The copy in '{store}' differs from its source: {detail} Start again with an empty store.")
    {
        Store = store;
        Tables = tables;
    }

    /// <summary>Gets the name of the target. For SQLite, this is the full path of the database file.</summary>
    public string Store { get; }

    /// <summary>Gets the names of the tables whose rows differ.</summary>
    public IReadOnlyList<string> Tables { get; }
}
