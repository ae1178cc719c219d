using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads events from the table, on a connection of its own. The connection is abandoned when it does not answer soon. Not safe for
/// use by several threads at the same time.
/// </summary>
internal sealed class EventReader(PostgreSqlDatabase database) : IAsyncDisposable
{
    private const int PageLength = 1000;

    private NpgsqlConnection? _connection;

    /// <summary>Reads a page of events, and optionally the transactions that may be about to add events.</summary>
    /// <param name="from">
    /// The sequence number of the first event to read; <see cref="long.MaxValue"/> to read only the newest event.
    /// </param>
    /// <param name="looksForWriters">Whether to look up the running transactions that may have drawn a ticket.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<EventPage> Read(long from, bool looksForWriters, CancellationToken cancellationToken)
    {
        try
        {
            return await TryRead(from, looksForWriters, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && PostgreSqlErrors.IsDatabaseError(error))
        {
            // The connection may have been lost while it was idle, so try once more with a new one.
            await DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            return await TryRead(from, looksForWriters, cancellationToken).ConfigureAwait(false);
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
    public async ValueTask<EventPosition> Newest(CancellationToken cancellationToken)
    {
        EventPage page = await Read(long.MaxValue, looksForWriters: false, cancellationToken).ConfigureAwait(false);
        return page.Events is [{ } newest] ? new EventPosition(newest.Sequence, newest.At) : new EventPosition(0, null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<EventPage> TryRead(long from, bool looksForWriters, CancellationToken cancellationToken)
    {
        _connection ??= await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Read(_connection, from, looksForWriters).WithShortTimeout(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            database.Abandon(_connection);
            _connection = null;
            throw;
        }
    }

    private static async Task<EventPage> Read(NpgsqlConnection connection, long from, bool looksForWriters)
    {
        var session = new PostgreSqlSession { Connection = connection, HasOwnLimit = true };

        // The order of these three reads matters. The ticket is read first: any transaction that drew a ticket up to it is either
        // among the writers, or had ended before they were read. In the latter case, its events are visible to the last read, or
        // never will be.
        HashSet<string>? writers = null;
        long drawn = 0;
        if (looksForWriters)
        {
            drawn = (await session.Rows<long>(session.Sql().Append("SELECT last_value FROM event_tickets"), CancellationToken.None).ConfigureAwait(false))[0];
            writers = [.. await ReadWriters(session, CancellationToken.None).ConfigureAwait(false)];
        }

        List<StoredEvent> events = from < long.MaxValue
            ? await StoreContext.ReadEvents(session, from - 1, PageLength, CancellationToken.None).ConfigureAwait(false)
            : await session.Rows<StoredEvent>(session.Sql().Append("SELECT sequence AS Sequence, at AS At FROM events ORDER BY sequence DESC LIMIT 1"), CancellationToken.None).ConfigureAwait(false);
        return new EventPage(events, writers, drawn, IsWhole: events.Count < PageLength);
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
