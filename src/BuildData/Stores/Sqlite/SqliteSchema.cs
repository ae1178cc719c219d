using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.CompletedTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Checks that a database file belongs to this library, configures the connection to it, and migrates its schema.</summary>
internal static class SqliteSchema
{
    // "Bdat" in ASCII. Distinguishes the file from other programs' databases.
    private const long ApplicationId = 0x42646174;

    /// <summary>The maximum time, in milliseconds, for which a statement waits while another program has locked the file.</summary>
    public const int BusyTimeoutMilliseconds = 5_000;

    /// <summary>Checks that the file is empty or a database of BuildData, and that its schema is not newer than this library.</summary>
    /// <exception cref="StoreException">The file is another program's database.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    public static void Check(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        long application = Number(session, "PRAGMA application_id");
        bool isEmpty = Number(session, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isEmpty && application != ApplicationId)
            throw new StoreException($"'{file}' is another program's SQLite database. Choose another file.");
        if (version > SchemaScripts.NewestVersion)
            throw new SchemaVersionException(file, version, SchemaScripts.NewestVersion, "Use a newer version of the library.");
    }

    /// <summary>Checks that the schema has the newest version. Called for a read-only store, which can't be migrated.</summary>
    /// <exception cref="SchemaVersionException">The schema is older than the newest version.</exception>
    public static void RequireNewest(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        if (version < SchemaScripts.NewestVersion)
            throw new SchemaVersionException(file, version, SchemaScripts.NewestVersion, "Open it for writing once, which migrates it.");
    }

    /// <summary>Sets the pragmas of the connection that writes.</summary>
    /// <param name="connection">The connection, outside a transaction.</param>
    /// <param name="durability">Whether each commit waits until it is flushed to the disk.</param>
    /// <param name="logSizeLimit">The limit of the size of the write-ahead log, in bytes.</param>
    /// <exception cref="StoreException">The file can't have a write-ahead log.</exception>
    public static void ConfigureWriteConnection(SqliteConnection connection, Durability durability, long logSizeLimit)
    {
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}"));
        string mode = connection.QuerySingle<string>("PRAGMA journal_mode = WAL");
        if (mode != "wal")
            throw new StoreException($"'{connection.DataSource}' can't have a write-ahead log; its journal mode stays '{mode}'. Use a local file system.");

        // The two fullfsync pragmas are for macOS, where fsync alone does not flush the disk's cache.
        connection.Execute(durability == Durability.Full
            ? "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON"
            : "PRAGMA synchronous = NORMAL");

        // When SQLite restarts the log from the beginning, it truncates a larger log file to this size.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {logSizeLimit / 2}"));
    }

    /// <summary>Migrates the schema to the newest version in one transaction.</summary>
    /// <returns>The schema versions before and after the migration. The version of an empty file is 0.</returns>
    public static (long From, long To) Migrate(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        long version = connection.QuerySingle<long>("PRAGMA user_version", transaction: transaction);
        if (version == SchemaScripts.NewestVersion)
            return (version, version);

        for (long next = version + 1; next <= SchemaScripts.NewestVersion; next++)
            connection.Execute(SchemaScripts.Read(next), transaction: transaction);

        // A pragma takes no parameters. Both values are constants of this library.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction: transaction);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaScripts.NewestVersion}"), transaction: transaction);
        transaction.Commit();
        return (version, SchemaScripts.NewestVersion);
    }

    private static long Number(ReadSession session, string sql) =>
        ResultOf(session.Rows<long>(session.Sql().Append(sql), CancellationToken.None))[0];
}
