using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Writes this master's row in the table of masters.</summary>
internal static class SqliteMasters
{
    /// <summary>Records that this master has the store open and that other masters do not. Must be called in a transaction.</summary>
    /// <returns>The id of this master.</returns>
    public static long RecordOpening(SqliteWriteSession session, BuildDataOptions options)
    {
        Complete(session.Execute(
            """
            INSERT INTO masters (name, active, last_active) VALUES ($1, 1, $2)
            ON CONFLICT (name) DO UPDATE SET active = 1, last_active = excluded.last_active
            """,
            options.MasterName, options.TimeProvider.GetUtcNow()));

        // Only one process at a time writes the file. So another master that is still marked as active was killed.
        Complete(session.Execute("UPDATE masters SET active = 0 WHERE name <> $1", options.MasterName));
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT id FROM masters WHERE name = {options.MasterName}");
        return Result(session.Rows<long>(sql, CancellationToken.None))[0];
    }

    /// <summary>Records that this master has closed the store. Must be called in a transaction.</summary>
    public static void RecordClosing(SqliteWriteSession session, BuildDataOptions options) =>
        Complete(session.Execute(
            "UPDATE masters SET active = 0, last_active = $2 WHERE name = $1",
            options.MasterName, options.TimeProvider.GetUtcNow()));
}
