namespace BuildData;

/// <summary>Holds options of the SQLite store. <see cref="BuildDataOptions.UseSqlite"/> sets them.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the size, in bytes, that the write-ahead log should not exceed. The minimum is 1 MiB. Default: 64 MiB.
    /// </summary>
    /// <remarks>
    /// SQLite can restart the log from its beginning only at a moment when nobody reads. When the log comes near this size, the store makes
    /// new reads wait. It empties the log when the current reads have ended. Then the new reads continue. A read that lasts longer than
    /// 250 ms can make the log exceed this size.
    /// </remarks>
    public long LogSizeLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gets or sets whether reads map the database file into memory. Default: false.</summary>
    /// <remarks>
    /// Mapping makes reads faster if the data is larger than SQLite's cache. But there is a risk: another program may truncate the file
    /// while the store is open, as <c>cp backup.db builds.db</c> does. With mapping, the operating system then kills this process. Without
    /// mapping, reads then throw <see cref="StoreException"/>.
    /// </remarks>
    public bool MapMemory { get; set; }

    /// <exception cref="ArgumentOutOfRangeException"><see cref="LogSizeLimit"/> is less than 1 MiB.</exception>
    internal void Validate() => ArgumentOutOfRangeException.ThrowIfLessThan(LogSizeLimit, 1024 * 1024, nameof(LogSizeLimit));

    internal SqliteOptions Copy() => (SqliteOptions)MemberwiseClone();
}
