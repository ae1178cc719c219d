using System.Globalization;
using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>Configures the connection that writes to a database file.</summary>
internal static class WriteConnectionSettings
{
    /// <summary>The maximum time, in milliseconds, for which a statement waits while another program has locked the file.</summary>
    public const int BusyTimeoutMilliseconds = 5_000;

    /// <summary>
    /// Configures a new database file, so that it can later return unused pages to the file system. Has an effect only if the file has
    /// neither tables nor a write-ahead log. Must be called before <see cref="Apply"/>.
    /// </summary>
    public static void ApplyToNewFile(SqliteConnection connection) => SqliteScripts.Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");

    /// <summary>Sets the pragmas of the connection that writes.</summary>
    /// <param name="connection">The connection, outside a transaction.</param>
    /// <param name="durability">Whether each commit waits until its changes are on the disk.</param>
    /// <param name="logSizeLimit">The limit of the size of the write-ahead log, in bytes.</param>
    /// <exception cref="StoreException">The file can't have a write-ahead log.</exception>
    public static void Apply(SqliteConnection connection, Durability durability, long logSizeLimit)
    {
        SqliteScripts.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}"));
        string mode = (string)SqliteScripts.GetScalar(connection, "PRAGMA journal_mode = WAL")!;
        if (mode != "wal")
            throw new StoreException($"'{connection.DataSource}' can't have a write-ahead log; its journal mode stays '{mode}'. Use a local file system.");

        SetDurability(connection, durability);

        // When SQLite restarts the log from the beginning, it truncates a larger log file to this size.
        SqliteScripts.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {logSizeLimit / 2}"));
    }

    /// <summary>Sets whether each commit waits until its changes, and those of all earlier commits, are on the disk.</summary>
    /// <param name="connection">The connection, outside a transaction.</param>
    /// <param name="durability">The durability of the commits that follow.</param>
    // The two fullfsync pragmas are for macOS, where fsync alone does not flush the disk's cache.
    public static void SetDurability(SqliteConnection connection, Durability durability) => SqliteScripts.Execute(connection, durability == Durability.Full
        ? "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON"
        : "PRAGMA synchronous = NORMAL; PRAGMA fullfsync = OFF; PRAGMA checkpoint_fullfsync = OFF");
}
