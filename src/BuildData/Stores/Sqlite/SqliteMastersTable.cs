using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Writes to the table <c>masters</c> when this process opens or closes the database file. A master is a process that writes to the
/// database.
/// </summary>
internal static class SqliteMastersTable
{
    /// <summary>
    /// Marks the master of this process as active, and all other masters as inactive. Adds the master to the table if it is new. Must be
    /// called in a transaction.
    /// </summary>
    /// <returns>The id of the master of this process.</returns>
    public static long MarkMasterActive(SqliteWriteSession session, BuildDataOptions options)
    {
        ThrowIfFailed(session.Execute(
            """
            INSERT INTO masters (name, active, last_active) VALUES ($1, 1, $2)
            ON CONFLICT (name) DO UPDATE SET active = 1, last_active = excluded.last_active
            """,
            options.MasterName, options.TimeProvider.GetUtcNow()));

        // Only one process at a time writes to the file. So another master that is still marked as active was killed.
        ThrowIfFailed(session.Execute("UPDATE masters SET active = 0 WHERE name <> $1", options.MasterName));
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT id FROM masters WHERE name = {options.MasterName}");
        return GetResult(session.Rows<long>(sql, CancellationToken.None))[0];
    }

    /// <summary>Marks the master of this process as inactive. Must be called in a transaction.</summary>
    public static void MarkMasterInactive(SqliteWriteSession session, BuildDataOptions options) =>
        ThrowIfFailed(session.Execute(
            "UPDATE masters SET active = 0, last_active = $2 WHERE name = $1",
            options.MasterName, options.TimeProvider.GetUtcNow()));
}
