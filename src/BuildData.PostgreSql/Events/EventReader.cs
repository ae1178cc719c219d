using BuildData.PostgreSql.Connections;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>Reads events on a connection of its own, which is given up when it does not answer soon.</summary>
internal sealed class EventReader(PostgreSqlDatabase database) : IAsyncDisposable
{
    private const int PageLength = 1000;

    private NpgsqlConnection? _connection;

    /// <summary>Reads the events from a number on, and which transactions are about to number theirs.</summary>
    /// <param name="from">The number; the largest there is for the newest event alone.</param>
    /// <param name="looksForWriters">Whether to find out which transactions are under way.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<EventPage> Read(long from, bool looksForWriters, CancellationToken cancellationToken)
    {
        try
        {
            return await TryRead(from, looksForWriters, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && PostgreSqlErrors.IsDatabaseError(error))
        {
            // It may have been lost long before.
            await DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            return await TryRead(from, looksForWriters, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new StoreException($"The database '{database.Name}' did not answer in time.", error);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads where the newest event is.</summary>
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

        // The order matters: a transaction that is not among the writers has ended, so its events are in the page, or never will be.
        HashSet<string>? writers = null;
        long drawn = 0;
        if (looksForWriters)
        {
            drawn = (await session.Rows<long>(session.Sql().Append("SELECT last_value FROM event_tickets"), CancellationToken.None).ConfigureAwait(false))[0];
            writers = [.. await Writers(session, CancellationToken.None).ConfigureAwait(false)];
        }

        List<StoredEvent> events = from < long.MaxValue
            ? await StoreContext.ReadEvents(session, from - 1, PageLength, CancellationToken.None).ConfigureAwait(false)
            : await session.Rows<StoredEvent>(session.Sql().Append("SELECT sequence AS Sequence, at AS At FROM events ORDER BY sequence DESC LIMIT 1"), CancellationToken.None).ConfigureAwait(false);
        return new EventPage(events, writers, drawn, IsWhole: events.Count < PageLength);
    }

    /// <summary>The transactions that hold the table of events for writing, as they do before they draw a ticket.</summary>
    private static ValueTask<List<string>> Writers(PostgreSqlSession session, CancellationToken cancellationToken) =>
        session.Rows<string>(
            session.Sql().Append(
                """
                SELECT DISTINCT virtualtransaction FROM pg_locks
                WHERE locktype = 'relation' AND relation = 'events'::regclass AND mode = 'RowExclusiveLock'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """),
            cancellationToken);
}
