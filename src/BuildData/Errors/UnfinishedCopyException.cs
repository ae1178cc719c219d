namespace BuildData;

/// <summary>
/// The exception for a store that can't be opened, because <see cref="BuildDataCopy"/> has begun to copy another store into it and has not
/// finished.
/// </summary>
public sealed class UnfinishedCopyException : StoreException
{
    /// <summary>Creates the exception. Only implementations of stores need this constructor.</summary>
    /// <param name="store">The name of the store.</param>
    public UnfinishedCopyException(string store)
        : base($"'{store}' contains an unfinished copy of another store. Call BuildDataCopy.Run again with the same source, or start with an empty store.")
    {
        Store = store;
    }

    /// <summary>Gets the name of the store. For SQLite, this is the full path of the database file.</summary>
    public string Store { get; }
}
