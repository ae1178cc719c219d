namespace BuildData;

/// <summary>The exception for a database whose schema version this version of the library does not support.</summary>
public sealed class SchemaVersionException : StoreException
{
    /// <summary>Creates the exception. Only implementations of stores need this constructor.</summary>
    /// <param name="store">The name of the store.</param>
    /// <param name="found">The schema version of the database.</param>
    /// <param name="known">The newest schema version that this library supports.</param>
    /// <param name="advice">A sentence that tells the user what to do.</param>
    public SchemaVersionException(string store, long found, long known, string advice)
        : base($"'{store}' has schema version {found}, but this library needs version {known}. {advice}")
    {
        Found = found;
        Known = known;
    }

    /// <summary>Gets the schema version of the database.</summary>
    public long Found { get; }

    /// <summary>Gets the newest schema version that this library supports.</summary>
    public long Known { get; }
}
