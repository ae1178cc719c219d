using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Asks the server about connections that do not answer. A commit may take long, and is never cancelled: the server would keep it
/// and not wait for its replicas. So only the server can tell whether there is still something to wait for.
/// </summary>
internal sealed class SessionWatchdog(PostgreSqlDatabase database)
{
    // Ends sessions of this library's batches that hold rows or the order of events while they wait for the next message of a host
    // that is not there any more. The lock marks these sessions.
    private const string EndVanished =
        $"""
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity AS a
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.wait_event_type = 'Client' AND a.state IN ('active', 'idle in transaction')
            AND a.xact_start IS NOT NULL AND a.state_change < clock_timestamp() - interval '8 seconds'
            AND EXISTS (
                SELECT FROM pg_locks AS l, event_log WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = {Mark})
        """;

    /// <summary>The key of the lock that marks the sessions of batches, as an expression over event_log.</summary>
    public const string Mark = "hashtextextended('builddata batch ' || event_log.tableoid, 0)";

    /// <summary>Marks a session as one of this library's batches.</summary>
    public static async ValueTask MarkSession(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var mark = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({Mark}) FROM event_log", connection);
        await using (mark.ConfigureAwait(false))
            await mark.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Whether a connection is lost: the server has no such session, or waits for it while this process waits for the server. In the
    /// second case its session is ended.
    /// </summary>
    /// <exception cref="StoreException">The server can't be asked.</exception>
    public async ValueTask<bool> IsLost(int processId)
    {
        object? answer = await database.QueryShortly(async connection =>
        {
            var ask = new NpgsqlCommand(
                """
                SELECT CASE WHEN wait_event_type = 'Client' AND state_change < clock_timestamp() - interval '4 seconds' THEN pg_terminate_backend(pid) ELSE false END
                FROM pg_stat_activity WHERE pid = $1
                """,
                connection)
            { CommandTimeout = 0, Parameters = { new NpgsqlParameter<int> { TypedValue = processId } } };
            await using (ask.ConfigureAwait(false))
                return await ask.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return answer is not false;
    }

    /// <summary>Ends what hosts have left behind that have vanished.</summary>
    /// <returns>How many sessions were ended.</returns>
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
