namespace BuildData;

/// <summary>Options of the SQLite store, set by <see cref="BuildDataOptions.UseSqlite"/>.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the size in bytes above which the write-ahead log is emptied. SQLite empties it by itself only at a moment
    /// without readers; above this size the store holds new reads back for a moment to make one. Default: 64 MiB.
    /// </summary>
    public long LogSizeLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Gets or sets whether reads map the database file into memory. Reads of a history that is larger than SQLite's cache are faster
    /// with it. But a program that truncates the file while it is open, as <c>cp backup.db builds.db</c> does, then kills this
    /// process; without it, reads fail with <see cref="StoreException"/>. Default: false.
    /// </summary>
    public bool MapMemory { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">The limit is too small.</exception>
    internal void Validate() => ArgumentOutOfRangeException.ThrowIfLessThan(LogSizeLimit, 1024 * 1024, nameof(LogSizeLimit));

    internal SqliteOptions Copy() => (SqliteOptions)MemberwiseClone();
}
