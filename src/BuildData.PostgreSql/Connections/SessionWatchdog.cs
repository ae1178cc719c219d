using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Asks the server about sessions that do not answer, and ends sessions that will never answer.</summary>
/// <remarks>
/// A commit may take long, and a time limit would have to cancel it. The server keeps a commit that is cancelled, but no longer
/// waits for its replicas. So there is no time limit, and the server is asked whether an answer can still be expected.
/// </remarks>
internal sealed class SessionWatchdog(PostgreSqlDatabase database)
{
    // Ends sessions that have an open transaction and have waited for the next message of their host for more than 8 seconds.
    // Their row locks and tickets block other masters. Only sessions that are marked as sessions of batches are ended: a batch
    // sends its messages without pauses, while a host's transaction may not.
    private const string EndVanished =
        $"""
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.wait_event_type = 'Client' AND a.state IN ('active', 'idle in transaction')
            AND a.xact_start IS NOT NULL AND a.state_change < clock_timestamp() - interval '8 seconds'
            AND EXISTS (
                SELECT FROM pg_locks AS l, event_log WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = {BatchMark})
        """;

    /// <summary>The key of the advisory lock that marks sessions of batches, as an SQL expression over event_log.</summary>
    public const string BatchMark = "hashtextextended('builddata batch ' || event_log.tableoid, 0)";

    /// <summary>The key of the advisory lock that marks transactions of hosts, as an SQL expression over event_log.</summary>
    public const string TransactionMark = "hashtextextended('builddata transaction ' || event_log.tableoid, 0)";

    /// <summary>
    /// Returns a statement that marks the session of a host's transaction until the transaction ends. The host may pause, so such
    /// sessions are never taken for vanished. The mark only shows that the session belongs to this library.
    /// </summary>
    public static NpgsqlBatchCommand MarkTransaction() => new($"SELECT pg_advisory_xact_lock_shared({TransactionMark}) FROM event_log");

    /// <summary>Marks a session as one that runs batches, with a shared advisory lock.</summary>
    public static async ValueTask MarkBatchSession(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var mark = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({BatchMark}) FROM event_log", connection);
        await using (mark.ConfigureAwait(false))
            await mark.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns whether a session will never answer: the server has no such session, or both sides have been waiting for each other
    /// for more than 4 seconds. In the second case, the session is ended.
    /// </summary>
    /// <param name="processId">The id of the server's process that serves the session.</param>
    /// <exception cref="StoreException">The server can't be asked.</exception>
    public async ValueTask<bool> IsLost(int processId)
    {
        object? answer = await database.QueryShortly(async connection =>
        {
            var query = new NpgsqlCommand(
                """
                SELECT CASE WHEN wait_event_type = 'Client' AND state_change < clock_timestamp() - interval '4 seconds' THEN pg_terminate_backend(pid) ELSE false END
                FROM pg_stat_activity WHERE pid = $1
                """,
                connection)
            { CommandTimeout = 0, Parameters = { new NpgsqlParameter<int> { TypedValue = processId } } };
            await using (query.ConfigureAwait(false))
                return await query.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return answer is not false;
    }

    /// <summary>Ends the sessions of batches whose hosts have vanished in the middle of a transaction.</summary>
    /// <returns>The number of sessions that were ended.</returns>
    public async ValueTask<long> EndVanishedSessions()
    {
        object? ended = await database.QueryShortly(async connection =>
        {
            var end = new NpgsqlCommand(EndVanished, connection) { CommandTimeout = 0 };
            await using (end.ConfigureAwait(false))
                return await end.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (long)ended!;
    }
}
