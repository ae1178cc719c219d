using System.Globalization;
using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Checks that a database file belongs to this library, and migrates the schema of the file.</summary>
internal static class SqliteSchema
{
    // "Bdat" in ASCII. Distinguishes the file from other programs' databases.
    private const long ApplicationId = 0x42646174;

    public static readonly SchemaScripts Scripts = new(new SqlDialect(), typeof(SqliteSchema).Assembly, "BuildData.Stores.Sqlite.Schema.");

    /// <summary>Checks that the file is empty or a database of BuildData, and that its schema is not newer than this library.</summary>
    /// <exception cref="StoreException">The file is another program's database.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    public static void RequireSupportedVersion(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        long application = Number(session, "PRAGMA application_id");
        bool isEmpty = Number(session, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isEmpty && application != ApplicationId)
            throw new StoreException($"'{file}' is another program's SQLite database. Choose another file.");
        if (version > Scripts.NewestVersion)
            throw new SchemaVersionException(file, version, Scripts.NewestVersion, "Use a newer version of the library.");
    }

    /// <summary>Checks that the schema has the newest version. Called for a read-only store, which can't be migrated.</summary>
    /// <exception cref="SchemaVersionException">The schema is older than the newest version.</exception>
    public static void RequireNewestVersion(ReadSession session, string file)
    {
        long version = Number(session, "PRAGMA user_version");
        if (version < Scripts.NewestVersion)
            throw new SchemaVersionException(file, version, Scripts.NewestVersion, "Open it for writing once, which migrates it.");
    }

    /// <summary>Migrates the schema to the newest version in one transaction.</summary>
    /// <returns>The schema versions before and after the migration. The version of an empty file is 0.</returns>
    public static (long From, long To) Migrate(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        long version = (long)SqliteScripts.GetScalar(connection, "PRAGMA user_version", transaction)!;
        if (version == Scripts.NewestVersion)
            return (version, version);

        for (long next = version + 1; next <= Scripts.NewestVersion; next++)
            SqliteScripts.Execute(connection, Scripts.Read(next), transaction);

        // A pragma takes no parameters. Both values are constants of this library.
        SqliteScripts.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"), transaction);
        SqliteScripts.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Scripts.NewestVersion}"), transaction);
        transaction.Commit();
        return (version, Scripts.NewestVersion);
    }

    private static long Number(ReadSession session, string sql) =>
        GetResult(session.Rows<long>(session.Sql().Append(sql), CancellationToken.None))[0];
}
