using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Finds out whether a transaction was committed, after the server's answer to the commit was lost.</summary>
/// <remarks>
/// The transaction was committed if its events are in the database. The events are found by the time of the transaction and by
/// the contents of its first event. Each transaction of a process has a different time.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="master">This process's master.</param>
internal sealed class CommitOutcomeFinder(PostgreSqlDatabase database, MasterIdentity master)
{
    private const int MaxAttempts = 30;

    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks up the tickets of a transaction in the database.</summary>
    /// <remarks>A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction.</remarks>
    /// <param name="commit">The commit of the transaction.</param>
    /// <returns>The tickets; null if the transaction was not committed and never will be.</returns>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    /// <exception cref="OperationCanceledException">The lookup took longer than 15 seconds.</exception>
    public async ValueTask<IReadOnlyList<long>?> FindTicketsIfCommitted(UnansweredCommit commit)
    {
        using var limit = new CancellationTokenSource(LookupTimeout);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TryFindTicketsIfCommitted(commit, limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (attempt < MaxAttempts && !limit.IsCancellationRequested && (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException))
            {
                // A failover to another server may be in progress.
                await Task.Delay(Pause, limit.Token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<IReadOnlyList<long>?> TryFindTicketsIfCommitted(UnansweredCommit commit, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            // While the session exists, it may still commit. After its end, the table of events shows whether it has committed.
            await EndSession(connection, commit.ProcessId, cancellationToken).ConfigureAwait(false);
            if (await ReadTickets(connection, commit, cancellationToken).ConfigureAwait(false) is not { Count: > 0 } tickets)
                return null;

            // The session that received the commit may have ended before the synchronous replicas had the transaction.
            await DurableCommit.Make(connection, master, cancellationToken).ConfigureAwait(false);
            return tickets;
        }
        finally
        {
            await PostgreSqlDatabase.Close(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the session that received the commit, and waits until that session has ended.</summary>
    /// <remarks>
    /// The server may have reused the process id for a session of another program. Therefore this method ends only a session
    /// that holds a lock of <see cref="SessionPurposeAdvisoryLocks"/>.
    /// </remarks>
    /// <param name="connection">The connection that sends the request.</param>
    /// <param name="serverProcessId">The id of the server's process that received the commit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    private static async ValueTask EndSession(NpgsqlConnection connection, int serverProcessId, CancellationToken cancellationToken)
    {
        var end = new NpgsqlCommand(
            $"""
            SELECT count(pg_terminate_backend(a.pid)) > 0 FROM pg_stat_activity AS a, event_log WHERE a.pid = $1 AND EXISTS (
                SELECT FROM pg_locks AS l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.objsubid = 1
                AND (l.classid::bigint << 32 | l.objid::bigint) IN ({SessionPurposeAdvisoryLocks.BatchSessionLockKeySql}, {SessionPurposeAdvisoryLocks.HostTransactionLockKeySql}))
            """,
            connection)
        { Parameters = { new NpgsqlParameter<int> { TypedValue = serverProcessId } } };
        await using (end.ConfigureAwait(false))
        {
            while (await end.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true)
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the tickets of a transaction. Returns an empty list if the transaction was not committed.</summary>
    /// <remarks>A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction.</remarks>
    private static async ValueTask<List<long>> ReadTickets(NpgsqlConnection connection, UnansweredCommit commit, CancellationToken cancellationToken)
    {
        StoredEvent first = commit.Events[0];

        // A transaction with more than 1,024 events has several tickets.
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
                new NpgsqlParameter<long> { TypedValue = commit.SequenceBefore },
                new NpgsqlParameter<long> { TypedValue = commit.At },
                new NpgsqlParameter<string> { TypedValue = first.Kind },
                new NpgsqlParameter<string> { TypedValue = first.Name },
                new NpgsqlParameter<long> { TypedValue = first.ResourceId },
                new NpgsqlParameter<string> { TypedValue = NullCharacterEncoding.Encode(first.Resource) },
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
