using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Checks, configures and migrates a database file.</summary>
internal static class SqliteSchema
{
    // "Bdat" in ASCII. Distinguishes the file from other programs' databases.
    private const long ApplicationId = 0x42646174;

    /// <summary>The time in milliseconds that a statement waits while another program, such as a backup tool, locks the file.</summary>
    public const int BusyMilliseconds = 5_000;

    /// <summary>Checks that the file is empty or a database of BuildData, and that the library supports its schema version.</summary>
    /// <exception cref="StoreException">The file is another program's database.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    public static void Check(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        long application = Number(session, "PRAGMA application_id");
        bool isEmpty = Number(session, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isEmpty && application != ApplicationId)
            throw new StoreException($"'{file}' is another program's SQLite database. Choose another file.");
        if (version > SchemaScripts.Newest)
            throw new SchemaVersionException(file, version, SchemaScripts.Newest, "Use a newer version of the library.");
    }

    /// <summary>Checks that the schema is not older than the newest version, because a read-only store can't be migrated.</summary>
    /// <exception cref="SchemaVersionException">The schema is older than the newest version.</exception>
    public static void RequireNewest(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        if (version < SchemaScripts.Newest)
            throw new SchemaVersionException(file, version, SchemaScripts.Newest, "Open it for writing once, which migrates it.");
    }

    /// <summary>Configures the connection that writes.</summary>
    /// <exception cref="StoreException">The file can't have a write-ahead log.</exception>
    public static void Configure(SqliteConnection connection, Durability durability, long logSizeLimit)
    {
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}"));
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
    /// <returns>The schema version before and after the migration; 0 before if the file was empty.</returns>
    public static (long From, long To) Migrate(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        long version = connection.QuerySingle<long>("PRAGMA user_version", transaction: transaction);
        if (version == SchemaScripts.Newest)
            return (version, version);

        for (long next = version + 1; next <= SchemaScripts.Newest; next++)
            connection.Execute(SchemaScripts.Read(next), transaction: transaction);

        // A pragma takes no parameters. Both values are constants of this library.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction: transaction);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaScripts.Newest}"), transaction: transaction);
        transaction.Commit();
        return (version, SchemaScripts.Newest);
    }

    private static long Number(ReadSession session, string sql) =>
        Result(session.Rows<long>(session.Sql().Append(sql), CancellationToken.None))[0];
}
