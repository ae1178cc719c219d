using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads events from the table, on a connection of its own. The connection is abandoned when it does not answer soon. Not safe for
/// use by several threads at the same time.
/// </summary>
internal sealed class EventReader(PostgreSqlDatabase database) : IAsyncDisposable
{
    private const int PageLength = 1000;

    private PostgreSqlSession? _session;

    /// <summary>Reads a page of events, and optionally the transactions that may be about to add events.</summary>
    /// <param name="from">
    /// The sequence number of the first event to read; <see cref="long.MaxValue"/> to read only the newest event.
    /// </param>
    /// <param name="readsWriters">Whether to read the running transactions that may have drawn a ticket, too.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<EventPage> Read(long from, bool readsWriters, CancellationToken cancellationToken)
    {
        try
        {
            return await TryRead(from, readsWriters, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && PostgreSqlErrors.IsDatabaseError(error))
        {
            // The connection may have been lost while it was idle, so try once more with a new one.
            await DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            return await TryRead(from, readsWriters, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Reads the position of the newest event.</summary>
    public async ValueTask<EventPosition> ReadNewest(CancellationToken cancellationToken)
    {
        EventPage page = await Read(long.MaxValue, readsWriters: false, cancellationToken).ConfigureAwait(false);
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

    private async ValueTask<EventPage> TryRead(long from, bool readsWriters, CancellationToken cancellationToken)
    {
        _session ??= new PostgreSqlSession
        {
            Connection = await database.Connect(cancellationToken).ConfigureAwait(false),
            HasOwnTimeout = true,
        };
        try
        {
            return await Read(_session, from, readsWriters).WithShortTimeout(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The abandoned read still uses the session.
            database.Abandon(_session.Connection!);
            _session = null;
            throw;
        }
    }

    private static async Task<EventPage> Read(PostgreSqlSession session, long from, bool readsWriters)
    {
        // The order of these three reads matters. The ticket is read first: any transaction that has drawn a ticket up to it is either
        // among the writers, or had ended before they were read. In the latter case, its events are visible to the last read, or
        // never will be.
        HashSet<string>? writers = null;
        long lastDrawnTicket = 0;
        if (readsWriters)
        {
            lastDrawnTicket = (await session.Rows<long>(session.Sql().Append("SELECT last_value FROM event_tickets"), CancellationToken.None).ConfigureAwait(false))[0];
            writers = [.. await ReadWriters(session, CancellationToken.None).ConfigureAwait(false)];
        }

        List<StoredEvent> events = from < long.MaxValue
            ? await StoreEvents.ReadAfter(session, from - 1, PageLength, CancellationToken.None).ConfigureAwait(false)
            : await session.Rows<StoredEvent>(session.Sql().Append("SELECT sequence AS Sequence, at AS At FROM events ORDER BY sequence DESC LIMIT 1"), CancellationToken.None).ConfigureAwait(false);
        return new EventPage(events, writers, lastDrawnTicket, ReachesNewestEvent: events.Count < PageLength);
    }

    /// <summary>
    /// Reads the transactions that hold the write lock of the table of events. A transaction takes this lock before it draws a
    /// ticket.
    /// </summary>
    private static ValueTask<List<string>> ReadWriters(PostgreSqlSession session, CancellationToken cancellationToken) =>
        session.Rows<string>(
            session.Sql().Append(
                """
                SELECT DISTINCT virtualtransaction FROM pg_locks
                WHERE locktype = 'relation' AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """),
            cancellationToken);
}
