namespace BuildData;

/// <summary>Holds options of the SQLite store. <see cref="BuildDataOptions.UseSqlite"/> sets them.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the size in bytes above which the write-ahead log is emptied. The minimum is 1 MiB. Default: 64 MiB.
    /// </summary>
    /// <remarks>
    /// SQLite can restart the log only at a moment when nobody reads. Near this size the store makes new reads wait until the current
    /// ones have ended, and then empties the log. A read that lasts longer than 250 ms can let the log grow beyond this size.
    /// </remarks>
    public long LogSizeLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gets or sets whether reads map the database file into memory. Default: false.</summary>
    /// <remarks>
    /// Mapping makes reads faster if the data is larger than SQLite's cache. But if another program truncates the file while it is open, as
    /// <c>cp backup.db builds.db</c> does, the operating system kills this process. Without mapping, reads then fail with
    /// <see cref="StoreException"/>.
    /// </remarks>
    public bool MapMemory { get; set; }

    /// <exception cref="ArgumentOutOfRangeException"><see cref="LogSizeLimit"/> is less than 1 MiB.</exception>
    internal void Validate() => ArgumentOutOfRangeException.ThrowIfLessThan(LogSizeLimit, 1024 * 1024, nameof(LogSizeLimit));

    internal SqliteOptions Copy() => (SqliteOptions)MemberwiseClone();
}
