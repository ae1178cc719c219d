using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Finds out whether a transaction is committed whose answer was lost. Its events tell: each transaction of a process has a time of
/// its own.
/// </summary>
internal sealed class CommitOutcomes(PostgreSqlDatabase database, MasterIdentity master)
{
    private const int MaxAttempts = 30;

    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns the tickets of a transaction; null if it is not committed, and never will be.</summary>
    /// <param name="events">Its events.</param>
    /// <param name="at">Its time.</param>
    /// <param name="after">A sequence number that was given out before it was committed.</param>
    /// <param name="processId">The server's process that was to commit it.</param>
    /// <exception cref="StoreException">The database can't be asked.</exception>
    public async ValueTask<IReadOnlyList<long>?> FindTickets(IReadOnlyList<StoredEvent> events, long at, long after, int processId)
    {
        using var limit = new CancellationTokenSource(ResponseTimeout);
        for (int look = 1; ; look++)
        {
            try
            {
                return await TryFindTickets(events[0], at, after, processId, limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (look < MaxAttempts && !limit.IsCancellationRequested && (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException))
            {
                // Another server may be about to take over.
                await Task.Delay(Pause, limit.Token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<IReadOnlyList<long>?> TryFindTickets(StoredEvent first, long at, long after, int processId, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await AwaitEnd(connection, processId, cancellationToken).ConfigureAwait(false);
            if (await ReadTickets(connection, first, at, after, cancellationToken).ConfigureAwait(false) is not { Count: > 0 } tickets)
                return null;

            await AwaitReplicas(connection, cancellationToken).ConfigureAwait(false);
            return tickets;
        }
    }

    /// <summary>Ends the server's process, if it is still there, and waits until it is not.</summary>
    private static async ValueTask AwaitEnd(NpgsqlConnection connection, int processId, CancellationToken cancellationToken)
    {
        var end = new NpgsqlCommand(
            $"""
            SELECT count(pg_terminate_backend(a.pid)) > 0 FROM pg_stat_activity AS a, event_log WHERE a.pid = $1 AND EXISTS (
                SELECT FROM pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) = {SessionWatchdog.Mark})
            """,
            connection)
        { Parameters = { new NpgsqlParameter<int> { TypedValue = processId } } };
        await using (end.ConfigureAwait(false))
        {
            while (await end.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true)
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Waits until the replicas have what this process sees. The wait of a commit that is seen may have been cut short, and what is
    /// committed now waits for all before it.
    /// </summary>
    private async ValueTask AwaitReplicas(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var commit = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT set_config('transaction_read_only', 'off', true)"),
                new NpgsqlBatchCommand("SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"),
                new NpgsqlBatchCommand("UPDATE masters SET last_active = last_active WHERE id = $1")
                {
                    Parameters = { new NpgsqlParameter<long> { TypedValue = master.Id } },
                },
            },
        };
        await using (commit.ConfigureAwait(false))
            await commit.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<List<long>> ReadTickets(NpgsqlConnection connection, StoredEvent first, long at, long after, CancellationToken cancellationToken)
    {
        // Its numbers come after those that were published before it. It has more than one ticket if it has more than 1,024 events.
        var find = new NpgsqlCommand(
            """
            SELECT DISTINCT sequence / 1024 FROM events WHERE sequence > $1 AND at = $2 AND EXISTS (
                SELECT FROM events WHERE sequence > $1 AND at = $2 AND kind = $3 AND name = $4 AND resource_id = $5 AND resource = $6)
            ORDER BY 1
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = after },
                new NpgsqlParameter<long> { TypedValue = at },
                new NpgsqlParameter<string> { TypedValue = first.Kind },
                new NpgsqlParameter<string> { TypedValue = first.Name },
                new NpgsqlParameter<long> { TypedValue = first.ResourceId },
                new NpgsqlParameter<string> { TypedValue = TextEncoding.Encode(first.Resource) },
            },
        };
        var tickets = new List<long>();
        await using (find.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await find.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    tickets.Add(reader.GetInt64(0));
            }
        }

        return tickets;
    }
}
