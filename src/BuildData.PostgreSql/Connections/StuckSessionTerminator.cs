using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Ends stuck sessions on the server. A session is stuck if the server waits for a message from a process that will not send
/// one.
/// </summary>
/// <remarks>
/// The process may have been stopped, or the network may have lost a message. A stuck session keeps its row locks and blocks
/// other processes. This class finds stuck sessions with queries on other connections.
/// </remarks>
internal sealed class StuckSessionTerminator(PostgreSqlDatabase database)
{
    // A batch sends its messages without pauses. So its session is stuck if its transaction is open and the server has waited for
    // the next message for more than 8 seconds. A transaction of the host program may pause, so only sessions of batches are ended.
    private const string EndStuckBatches =
        $"""
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.wait_event_type = 'Client' AND a.state IN ('active', 'idle in transaction')
            AND a.xact_start IS NOT NULL AND a.state_change < clock_timestamp() - interval '8 seconds'
            AND EXISTS (
                SELECT FROM pg_locks AS l, event_log WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = {SessionPurposeAdvisoryLocks.BatchSessionLockKeySql})
        """;

    /// <summary>Ends a session of this process, if the server has waited for this process for more than 4 seconds.</summary>
    /// <remarks>
    /// The caller must be waiting for the server's answer in the same session. If the server also waits, a message was lost,
    /// and neither side continues.
    /// </remarks>
    /// <param name="serverProcessId">The id of the server's process that serves the session.</param>
    /// <returns>True if the session was ended, or no longer existed. Then the caller will receive no answer.</returns>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="TimeoutException">The server did not answer the query in time.</exception>
    public async ValueTask<bool> EndIfStuck(int serverProcessId)
    {
        object? answer = await database.QueryWithTimeout(async connection =>
        {
            var query = new NpgsqlCommand(
                """
                SELECT CASE WHEN wait_event_type = 'Client' AND state_change < clock_timestamp() - interval '4 seconds' THEN pg_terminate_backend(pid) ELSE false END
                FROM pg_stat_activity WHERE pid = $1
                """,
                connection)
            { CommandTimeout = 0, Parameters = { new NpgsqlParameter<int> { TypedValue = serverProcessId } } };
            await using (query.ConfigureAwait(false))
                return await query.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return answer is not false;
    }

    /// <summary>
    /// Ends the server sessions of processes that no longer answer, for example because the machine has failed. Ends only sessions that run
    /// batches of updates. Such a session must be inside a transaction, and the server must have waited for its next message for more than
    /// 8 seconds.
    /// </summary>
    /// <returns>The number of sessions that were ended.</returns>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    public async ValueTask<long> EndStuckBatchSessions()
    {
        object? ended = await database.QueryWithTimeout(async connection =>
        {
            var end = new NpgsqlCommand(EndStuckBatches, connection) { CommandTimeout = 0 };
            await using (end.ConfigureAwait(false))
                return await end.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (long)ended!;
    }
}
