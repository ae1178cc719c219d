using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Takes shared advisory locks that show the purpose of a session. A session may run batches of updates, run a transaction of the host
/// program, or listen for notifications.
/// </summary>
/// <remarks>
/// These locks block no other session. They only appear in the view <c>pg_locks</c>. Before a process ends a session, the process reads
/// this view. A process also reads the view to find out whether other processes listen.
/// </remarks>
internal static class SessionPurposeAdvisoryLocks
{
    /// <summary>
    /// The SQL expression for the key of the lock of sessions that run batches. The expression reads the table event_log.
    /// </summary>
    public const string BatchSessionLockKeySql = "hashtextextended('builddata batch ' || event_log.tableoid, 0)";

    /// <summary>
    /// The SQL expression for the key of an advisory lock. A session holds this lock while it runs a transaction of the host program. The
    /// expression reads the table event_log.
    /// </summary>
    public const string HostTransactionLockKeySql = "hashtextextended('builddata transaction ' || event_log.tableoid, 0)";

    /// <summary>
    /// The SQL expression for the key of the lock of sessions that listen for notifications. The expression reads the table event_log.
    /// </summary>
    public const string ListenerLockKeySql = "hashtextextended('builddata listener ' || event_log.tableoid, 0)";

    /// <summary>
    /// Takes the lock that shows that a session runs batches. The session holds this lock until this library resets the session, or until
    /// the session ends.
    /// </summary>
    public static async ValueTask MarkAsBatchSession(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var take = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({BatchSessionLockKeySql}) FROM event_log", connection);
        await using (take.ConfigureAwait(false))
            await take.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns a statement that takes the lock of sessions that run a transaction of the host program. The server releases
    /// this lock when the transaction ends.
    /// </summary>
    public static NpgsqlBatchCommand BuildMarkAsHostTransactionStatement() =>
        new($"SELECT pg_advisory_xact_lock_shared({HostTransactionLockKeySql}) FROM event_log");
}
