using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads events from the table, on a connection of its own. Abandons the connection if the server does not answer within five
/// seconds. Not thread-safe.
/// </summary>
internal sealed class EventPageReader(PostgreSqlDatabase database) : IAsyncDisposable
{
    private const int PageLength = 1000;

    private PostgreSqlSession? _session;

    /// <summary>
    /// Reads a page of events. Reads on request also the transactions that may have drawn a ticket and are still running.
    /// </summary>
    /// <remarks>
    /// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
    /// transaction's events.
    /// </remarks>
    /// <param name="firstSequence">The lowest sequence number to read; <see cref="long.MaxValue"/> to read only the newest event.</param>
    /// <param name="readsRunningWriterTransactions">
    /// Whether to fill <see cref="EventPage.RunningWriterTransactions"/> and <see cref="EventPage.HighestDrawnTicket"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the read while the connection is being opened.</param>
    /// <exception cref="StoreException">The database can't be reached, or did not answer in time.</exception>
    public async ValueTask<EventPage> ReadPage(long firstSequence, bool readsRunningWriterTransactions, CancellationToken cancellationToken)
    {
        try
        {
            return await TryReadPage(firstSequence, readsRunningWriterTransactions, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && PostgreSqlErrors.IsDatabaseError(error))
        {
            // The connection may have been lost while it was idle, so try once more with a new one.
            await DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            return await TryReadPage(firstSequence, readsRunningWriterTransactions, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new StoreException($"The database '{database.Name}' did not answer in time when events were read.", error);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads the position of the newest event; position 0 if there are no events.</summary>
    public async ValueTask<EventPosition> ReadNewestPosition(CancellationToken cancellationToken)
    {
        EventPage page = await ReadPage(long.MaxValue, readsRunningWriterTransactions: false, cancellationToken).ConfigureAwait(false);
        return page.Events is [{ } newest] ? new EventPosition(newest.Sequence, newest.At) : new EventPosition(0, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session?.Connection is { } connection)
        {
            _session = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<EventPage> TryReadPage(long firstSequence, bool readsRunningWriterTransactions, CancellationToken cancellationToken)
    {
        _session ??= new PostgreSqlSession
        {
            Connection = await database.Connect(cancellationToken).ConfigureAwait(false),
            DisablesCommandTimeout = true,
        };
        try
        {
            return await ReadPage(_session, firstSequence, readsRunningWriterTransactions).WithResponseTimeout(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The abandoned read still uses the session.
            database.Abandon(_session.Connection!);
            _session = null;
            throw;
        }
    }

    private static async Task<EventPage> ReadPage(PostgreSqlSession session, long firstSequence, bool readsRunningWriterTransactions)
    {
        // The order of these three reads matters. The ticket is read first: any transaction that has drawn a ticket up to it is either
        // among the writers, or had ended before they were read. In the latter case, its events are visible to the last read, or
        // never will be.
        HashSet<string>? writers = null;
        long highestDrawnTicket = 0;
        if (readsRunningWriterTransactions)
        {
            highestDrawnTicket = (await session.Rows<long>(session.Sql().Append("SELECT last_value FROM event_tickets"), CancellationToken.None).ConfigureAwait(false))[0];
            writers = [.. await ReadRunningWriterTransactions(session, CancellationToken.None).ConfigureAwait(false)];
        }

        List<StoredEvent> events = firstSequence < long.MaxValue
            ? await StoreEvents.ReadAfter(session, firstSequence - 1, PageLength, CancellationToken.None).ConfigureAwait(false)
            : await session.Rows<StoredEvent>(session.Sql().Append("SELECT sequence AS Sequence, at AS At FROM events ORDER BY sequence DESC LIMIT 1"), CancellationToken.None).ConfigureAwait(false);
        return new EventPage(events, writers, highestDrawnTicket, ReachesNewestEvent: events.Count < PageLength);
    }

    /// <summary>
    /// Reads the ids of the transactions that hold the write lock of the table of events. Each transaction takes this lock
    /// before it draws a ticket.
    /// </summary>
    private static ValueTask<List<string>> ReadRunningWriterTransactions(PostgreSqlSession session, CancellationToken cancellationToken) =>
        session.Rows<string>(
            session.Sql().Append(
                """
                SELECT DISTINCT virtualtransaction FROM pg_locks
                WHERE locktype = 'relation' AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """),
            cancellationToken);
}
