namespace BuildData;

/// <summary>Another process, or another <see cref="Master"/> of this one, has the database file open for writing.</summary>
public sealed class StoreInUseException : StoreException
{
    internal StoreInUseException(string store, Exception? inner = null)
        : base($"'{store}' is open for writing elsewhere. One process at a time may write a SQLite file; others may open it with Mode=ReadOnly.", inner)
    {
        Store = store;
    }

    /// <summary>The full name of the database file.</summary>
    public string Store { get; }
}
