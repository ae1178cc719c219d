namespace BuildData;

/// <summary>Another process, or another <see cref="Master"/> of this one, has the database file open for writing.</summary>
public sealed class StoreInUseException : StoreException
{
    /// <summary>Thrown by stores.</summary>
    public StoreInUseException(string store, string advice, Exception? inner = null)
        : base($"'{store}' is open for writing elsewhere. {advice}", inner)
    {
        Store = store;
    }

    /// <summary>The full name of the database file.</summary>
    public string Store { get; }
}
