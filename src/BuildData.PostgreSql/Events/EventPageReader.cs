using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>Reads pages of events from the database, on a connection that is used for nothing else. Not thread-safe.</summary>
/// <remarks>
/// If the server does not answer within five seconds, the reader stops using the connection. The next read opens another one.
/// </remarks>
internal sealed class EventPageReader(PostgreSqlDatabase database) : IAsyncDisposable
{
    // More than the last published event and all events of one ticket, so that each page has at least one whole ticket.
    private const int PageLength = (2 * TicketSequenceConverter.SequenceNumbersReservedPerTicket) + 1;

    private PostgreSqlSession? _session;

    /// <summary>
    /// Reads a page of events. For each ticket, the page contains either all events or none. A ticket is a number that reserves 1,024
    /// sequence numbers for the events of one transaction. On request, also reads which transactions were writing events right before the
    /// page was read.
    /// </summary>
    /// <param name="firstSequence">
    /// The lowest sequence number to read; <see cref="long.MaxValue"/> to read only the newest event.
    /// </param>
    /// <param name="readsRunningWriterTransactions">
    /// Whether to fill <see cref="EventPage.RunningWriterTransactions"/> and <see cref="EventPage.HighestDrawnTicket"/>.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancels the attempt to open the connection. A read that has begun is not cancelled.
    /// </param>
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

    /// <summary>Reads the position of the newest event. Returns position 0 if there are no events.</summary>
    public async ValueTask<EventIdentity> ReadNewestPosition(CancellationToken cancellationToken)
    {
        EventPage page = await ReadPage(long.MaxValue, readsRunningWriterTransactions: false, cancellationToken).ConfigureAwait(false);
        return page.Events is [{ } newest] ? new EventIdentity(newest.Sequence, newest.At) : new EventIdentity(0, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session?.Connection is { } connection)
        {
            _session = null;
            await PostgreSqlDatabase.Close(connection).ConfigureAwait(false);
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
        // The order of these three reads matters. The highest drawn ticket is read first. A transaction with this ticket or a lower
        // one is either among the writers, or had ended before the writers were read. If it had ended, the last read sees its
        // events, or there will never be any.
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
        bool reachesNewestEvent = events.Count < PageLength;
        if (!reachesNewestEvent)
            RemoveLastTicket(events);
        return new EventPage(events, writers, highestDrawnTicket, reachesNewestEvent);
    }

    /// <summary>
    /// Removes the events of the last ticket from a full page, because the page may contain only some of the ticket's events. A ticket is a
    /// number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </summary>
    // If some events of a ticket were published, the events of the next ticket could follow before the rest, which would then be lost.
    private static void RemoveLastTicket(List<StoredEvent> events)
    {
        long last = TicketSequenceConverter.TicketOfSequence(events[^1].Sequence);
        events.RemoveAll(e => TicketSequenceConverter.TicketOfSequence(e.Sequence) == last);
    }

    /// <summary>
    /// Reads the ids of the transactions that hold the write lock of the table of events. Each transaction takes this lock
    /// before it reserves sequence numbers for its events.
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
