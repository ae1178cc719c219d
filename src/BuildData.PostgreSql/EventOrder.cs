using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>
/// Publishes events in the order of their numbers, each once, whether this process has committed them or reads them from the
/// table. An event is known by its number and its time: where the one that was published last is not that any more, the database
/// has lost commits, and its numbers have been given out again.
/// </summary>
internal sealed class EventOrder(Server server, StoreContext context) : IDisposable
{
    private const int PageLength = 1000;

    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _publishing = new();
    private readonly PostgreSqlSession _session = new();

    // The event that was published last.
    private Place _last = new(0, null);

    /// <summary>Finds out where events are, to go on from there.</summary>
    public async ValueTask Start(CancellationToken cancellationToken)
    {
        Found found = await Find(published: 0, cancellationToken).ConfigureAwait(false);
        context.StartEvents(found.Place.Cursor, keepsEvents: true);
        _last = found.Place;
    }

    /// <summary>Publishes what this process has committed, and before it what others have.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="before">The time of the event before it; null if that is not known.</param>
    public async ValueTask Publish(UpdateEvents events, long first, long? before)
    {
        var last = new Place(first + events.Count - 1, events.At);
        lock (_publishing)
        {
            if (first == _last.Sequence + 1 && _last.MayBeAt(before))
            {
                context.Publish(events, first);
                _last = last;
                return;
            }
        }

        await CatchUp(last, CancellationToken.None).ConfigureAwait(false);
        context.WereCommitted(events, first);
    }

    /// <summary>Publishes what is committed up to an event.</summary>
    public async ValueTask CatchUp(Place last, CancellationToken cancellationToken)
    {
        if (IsDone(last))
            return;

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!IsDone(last))
            {
                long from = context.Published;
                Publish(await Page(from, cancellationToken).ConfigureAwait(false), from, last.Sequence);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Publishes what there is.</summary>
    public async ValueTask Look(CancellationToken cancellationToken)
    {
        Place last;
        lock (_publishing)
            last = _last;

        Found found = await Find(last.Sequence, cancellationToken).ConfigureAwait(false);
        if (found.Position >= last.Sequence && last.MayBeAt(found.PublishedAt))
        {
            await CatchUp(found.Place, cancellationToken).ConfigureAwait(false);
            return;
        }

        lock (_publishing)
        {
            // If this process has gone on meanwhile, the next look sees better.
            if (_last == last)
                GoBack(found.Position, found.Place);
        }
    }

    public void Dispose() => _reading.Dispose();

    private bool IsDone(Place last)
    {
        lock (_publishing)
        {
            if (_last.Sequence >= last.Sequence)
                return true;
            if (!context.TrySkip(last.Cursor))
                return false;

            _last = last;
            return true;
        }
    }

    /// <param name="page">Events, first the one that was published last when they were read.</param>
    /// <param name="from">Its number.</param>
    /// <param name="last">Up to where there are events.</param>
    private void Publish(List<StoredEvent> page, long from, long last)
    {
        lock (_publishing)
        {
            // This process may have published some of them meanwhile.
            long published = _last.Sequence;
            List<StoredEvent> news = [.. page.SkipWhile(e => e.Sequence <= published)];
            if (published >= last || (news.Count == 0 && published > from))
                return;

            if (page.Find(e => e.Sequence == published) is { } known && !_last.MayBeAt(known.At))
                GoBack(page[^1].Sequence, new Place(published, known.At));

            long next = news.Count == 0 ? last + 1 : news[0].Sequence;
            if (next != published + 1)
            {
                Log.EventsLost(context.Logger, published);
                context.EventsWereLost(next - 1);
            }

            context.Publish(news);
            _last = news.Count == 0 ? new Place(last, null) : new Place(news[^1].Sequence, news[^1].At);
        }
    }

    /// <summary>
    /// Tells subscribers that the database has lost what was published last: it was restored, another server has taken over that
    /// did not have it yet, or it has crashed and was set not to wait for the disk.
    /// </summary>
    /// <param name="position">The number of the last event that there is.</param>
    /// <param name="last">After which event to go on.</param>
    private void GoBack(long position, Place last)
    {
        Log.WentBack(context.Logger, server.Name, _last.Sequence, position);
        context.EventsWereLost(last.Cursor);
        _last = last;
    }

    private async ValueTask<Found> Find(long published, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var session = new PostgreSqlSession { Connection = connection };
            SqlBuilder sql = session.Sql().Append(
                $"""
                SELECT position AS Position, (SELECT at FROM events WHERE sequence = position) AS At,
                    (SELECT at FROM events WHERE sequence = {published}) AS PublishedAt
                FROM event_log
                """);
            List<Found> found = await session.Rows<Found>(sql, cancellationToken).ConfigureAwait(false);
            return found[0];
        }
    }

    private async ValueTask<List<StoredEvent>> Page(long from, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            _session.Connection = connection;
            return await StoreContext.ReadEvents(_session, from - 1, PageLength, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Where the database is, as Dapper maps it.</summary>
    private sealed class Found
    {
        public long Position { get; init; }

        public long? At { get; init; }

        public long? PublishedAt { get; init; }

        public Place Place => new(Position, At);
    }
}
