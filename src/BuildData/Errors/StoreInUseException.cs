namespace BuildData;

/// <summary>
/// The exception for a store that is already open for writing, in another process or by another <see cref="Master"/> of this process.
/// </summary>
/// <remarks>
/// With SQLite, only one <see cref="Master"/> can have a file open for writing. With a store that several masters share, each master
/// needs its own <see cref="BuildDataOptions.MasterName"/>.
/// </remarks>
public sealed class StoreInUseException : StoreException
{
    /// <summary>Creates the exception. Only implementations of stores need this constructor.</summary>
    /// <param name="store">The name of the store.</param>
    /// <param name="advice">A sentence that tells the user what to do.</param>
    /// <param name="inner">The driver's error; null if there is none.</param>
    public StoreInUseException(string store, string advice, Exception? inner = null)
        : base($"'{store}' is already open for writing. {advice}", inner)
    {
        Store = store;
    }

    /// <summary>Gets the name of the store. For SQLite, this is the full path of the database file.</summary>
    public string Store { get; }
}
