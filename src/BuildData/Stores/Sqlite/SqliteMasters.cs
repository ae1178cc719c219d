namespace BuildData.Stores.Sqlite;

/// <summary>This process's row in the table of masters.</summary>
internal static class SqliteMasters
{
    /// <summary>Says that the master has the store open, and gives its id.</summary>
    public static long Enter(SqliteWriteSession session, BuildDataOptions options)
    {
        session.Begin();
        Complete(session.Execute(
            """
            INSERT INTO masters (name, active, last_active) VALUES ($1, 1, $2)
            ON CONFLICT (name) DO UPDATE SET active = 1, last_active = excluded.last_active
            """,
            options.MasterName, options.TimeProvider.GetUtcNow()));

        // One process at a time writes the file, so whoever else was active has been killed.
        Complete(session.Execute("UPDATE masters SET active = 0 WHERE name <> $1", options.MasterName));
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT id FROM masters WHERE name = {options.MasterName}");
        long id = Result(session.Rows<long>(sql, CancellationToken.None))[0];
        session.Commit();
        return id;
    }

    /// <summary>Says that the master has closed the store.</summary>
    public static void Leave(SqliteWriteSession session, BuildDataOptions options, SqliteEventLog log)
    {
        session.Begin();
        Complete(session.Execute(
            "UPDATE masters SET active = 0, last_active = $2 WHERE name = $1",
            options.MasterName, options.TimeProvider.GetUtcNow()));
        log.Close();
        session.Commit();
    }

    // The driver is synchronous, so the session's tasks are complete when they are returned.
    private static void Complete(ValueTask task) => task.GetAwaiter().GetResult();

    private static T Result<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();
}
