namespace BuildData;

/// <summary>The database's schema is not one that this version of the library can work with.</summary>
public sealed class SchemaVersionException : StoreException
{
    /// <summary>Thrown by stores.</summary>
    public SchemaVersionException(string store, long found, long known, string advice)
        : base($"'{store}' has schema version {found}; this library knows version {known}. {advice}")
    {
        Found = found;
        Known = known;
    }

    /// <summary>The version found in the database.</summary>
    public long Found { get; }

    /// <summary>The newest version that this library knows.</summary>
    public long Known { get; }
}
