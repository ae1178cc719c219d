using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Brings a database file to the newest schema.</summary>
internal static class SqliteSchema
{
    // "Bdat": tells the file from other programs' databases.
    private const long ApplicationId = 0x42646174;

    /// <summary>How long to wait for another program that writes the file, as a backup tool may.</summary>
    public const int BusyMilliseconds = 5_000;

    /// <exception cref="StoreException">The file is another program's database.</exception>
    /// <exception cref="SchemaVersionException">Its schema is newer than this library.</exception>
    public static void Check(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        long application = Number(session, "PRAGMA application_id");
        bool isEmpty = Number(session, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isEmpty && application != ApplicationId)
            throw new StoreException($"'{file}' is a SQLite database, but another program's.");
        if (version > SchemaScripts.Newest)
            throw new SchemaVersionException(file, version, SchemaScripts.Newest, "Use a newer version of the library.");
    }

    /// <exception cref="SchemaVersionException">The schema is older than this library.</exception>
    public static void RequireNewest(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        if (version < SchemaScripts.Newest)
            throw new SchemaVersionException(file, version, SchemaScripts.Newest, "Open it for writing once, which migrates it.");
    }

    public static void Configure(SqliteConnection connection, Durability durability, long logSizeLimit)
    {
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyMilliseconds}"));
        string mode = connection.QuerySingle<string>("PRAGMA journal_mode = WAL");
        if (mode != "wal")
            throw new StoreException($"'{connection.DataSource}' can't be kept with a write-ahead log here; its journal mode is '{mode}'.");

        // The second and third make a difference on macOS, where a plain flush stops short of the disk.
        connection.Execute(durability == Durability.Full
            ? "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON"
            : "PRAGMA synchronous = NORMAL");

        // Where SQLite begins the log again from the start by itself, it cuts back a file that has grown beyond this.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {logSizeLimit / 2}"));
    }

    /// <summary>Brings the schema to the newest version; the version that it had, and the one that it has.</summary>
    public static (long From, long To) Migrate(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        long version = connection.QuerySingle<long>("PRAGMA user_version", transaction: transaction);
        if (version == SchemaScripts.Newest)
            return (version, version);

        for (long next = version + 1; next <= SchemaScripts.Newest; next++)
            connection.Execute(SchemaScripts.Read(next), transaction: transaction);

        // A pragma takes no parameters; both values are this library's own numbers.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction: transaction);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaScripts.Newest}"), transaction: transaction);
        transaction.Commit();
        return (version, SchemaScripts.Newest);
    }

    private static long Number(ReadSession session, string sql) =>
        Result(session.Rows<long>(session.Sql().Append(sql), CancellationToken.None))[0];
}
