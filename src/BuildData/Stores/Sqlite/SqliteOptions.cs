namespace BuildData;

/// <summary>Holds options of the SQLite store. <see cref="BuildDataOptions.Sqlite"/> returns this object.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the size, in bytes, that the write-ahead log should not exceed. The minimum is 1 MiB. Default: 64 MiB.
    /// </summary>
    /// <remarks>
    /// SQLite can empty the log only while no read is running. When the log comes near this size, the store makes new reads wait. When the
    /// current reads have ended, the store empties the log. Then the new reads continue. A read that lasts longer than 250 ms can make the
    /// log exceed this size.
    /// </remarks>
    public long LogSizeLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gets or sets whether reads map the database file into memory. Default: false.</summary>
    /// <remarks>
    /// With this option, reads are faster if the data is larger than SQLite's cache. But there is a risk. While the store is open, another
    /// program may truncate the file, as the command <c>cp backup.db builds.db</c> does. With this option, the operating system then kills
    /// this process. Without this option, reads only throw <see cref="StoreException"/>.
    /// </remarks>
    public bool MapMemory { get; set; }

    /// <exception cref="ArgumentOutOfRangeException"><see cref="LogSizeLimit"/> is less than 1 MiB.</exception>
    internal void Validate() => ArgumentOutOfRangeException.ThrowIfLessThan(LogSizeLimit, 1024 * 1024, nameof(LogSizeLimit));

    internal SqliteOptions Copy() => (SqliteOptions)MemberwiseClone();
}
