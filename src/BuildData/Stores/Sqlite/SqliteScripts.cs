using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>Runs SQL texts without parameters. These texts configure a connection or migrate a schema.</summary>
internal static class SqliteScripts
{
    /// <summary>Runs a text that can contain several statements.</summary>
    public static void Execute(SqliteConnection connection, string script, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = CreateCommand(connection, script, transaction);
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement, and returns the first column of its first row.</summary>
    public static object? GetScalar(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = CreateCommand(connection, sql, transaction);
        return command.ExecuteScalar();
    }

    private static SqliteCommand CreateCommand(SqliteConnection connection, string sql, SqliteTransaction? transaction)
    {
#pragma warning disable CA2100 // All texts are constants of this library, apart from numbers.
        return new SqliteCommand(sql, connection, transaction);
#pragma warning restore CA2100
    }
}
