using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>Queries the state of sessions that do not answer, and ends sessions that will never answer.</summary>
/// <remarks>
/// A commit may take long, and a time limit would have to cancel it. The server keeps a cancelled commit, but no longer waits
/// until the replicas have it. Therefore there is no time limit. Instead, a query finds out whether an answer can still be
/// expected.
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
                AND (l.classid::bigint << 32 | l.objid::bigint) = {BatchLockKeySql})
        """;

    /// <summary>An SQL expression over event_log. It returns the key of the advisory lock that marks sessions of batches.</summary>
    public const string BatchLockKeySql = "hashtextextended('builddata batch ' || event_log.tableoid, 0)";

    /// <summary>
    /// An SQL expression over event_log. It returns the key of the advisory lock that marks transactions of host programs.
    /// </summary>
    public const string TransactionLockKeySql = "hashtextextended('builddata transaction ' || event_log.tableoid, 0)";

    /// <summary>Returns a statement that marks the session of a host program's transaction until the transaction ends.</summary>
    /// <remarks>
    /// The mark only shows that the session belongs to this library. A host program may pause inside a transaction. Therefore a
    /// session with this mark is never regarded as vanished.
    /// </remarks>
    public static NpgsqlBatchCommand BuildTransactionMark() => new($"SELECT pg_advisory_xact_lock_shared({TransactionLockKeySql}) FROM event_log");

    /// <summary>
    /// Marks a session as one that runs batches. The mark is a shared advisory lock, which the session holds until it is reset.
    /// </summary>
    public static async ValueTask MarkBatchSession(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var mark = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({BatchLockKeySql}) FROM event_log", connection);
        await using (mark.ConfigureAwait(false))
            await mark.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns whether a session will never answer, and ends that session if it still exists.</summary>
    /// <remarks>
    /// <para>There are two cases:</para>
    /// <list type="bullet">
    /// <item>The server does not have the session any more.</item>
    /// <item>
    /// The session has been waiting for a message of this process for more than 4 seconds, although this process waits for an
    /// answer. This session is ended.
    /// </item>
    /// </list>
    /// </remarks>
    /// <param name="serverProcessId">The id of the server's process that serves the session.</param>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="TimeoutException">The server did not answer the query in time.</exception>
    public async ValueTask<bool> EndIfLost(int serverProcessId)
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

    /// <summary>Ends the sessions of batches whose host programs have vanished in the middle of a transaction.</summary>
    /// <returns>The number of sessions that were ended.</returns>
    public async ValueTask<long> EndVanishedSessions()
    {
        object? ended = await database.QueryWithTimeout(async connection =>
        {
            var end = new NpgsqlCommand(EndVanished, connection) { CommandTimeout = 0 };
            await using (end.ConfigureAwait(false))
                return await end.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (long)ended!;
    }
}
