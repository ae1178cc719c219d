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

    // The time of the event that was published last; null if it is not known.
    private long? _at;

    /// <summary>The sequence number of the last event that is committed.</summary>
    public static async ValueTask<long> Position(ReadSession session, CancellationToken cancellationToken)
    {
        List<long> position = await session.Rows<long>(
            session.Sql().Append("SELECT position FROM event_log"), cancellationToken).ConfigureAwait(false);
        return position[0];
    }

    /// <summary>Finds out where events are, to go on from there.</summary>
    public async ValueTask Start(CancellationToken cancellationToken)
    {
        Place place = await Find(published: 0, cancellationToken).ConfigureAwait(false);
        context.StartEvents(place.Position, keepsEvents: true);
        _at = place.At;
    }

    /// <summary>Publishes what this process has committed, and before it what others have.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The number of the first.</param>
    /// <param name="before">The time of the event before it; null if that is not known.</param>
    public async ValueTask Publish(UpdateEvents events, long first, long? before)
    {
        lock (_publishing)
        {
            if (first == context.Published + 1 && IsSame(_at, before))
            {
                context.Publish(events, first);
                _at = events.At;
                return;
            }
        }

        await CatchUp(first + events.Count - 1, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Publishes what is committed up to a number.</summary>
    public async ValueTask CatchUp(long last, CancellationToken cancellationToken)
    {
        if (IsDone(last))
            return;

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!IsDone(last))
            {
                long from = context.Published;
                Publish(await Page(from, cancellationToken).ConfigureAwait(false), from, last);
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
        long published;
        long? at;
        lock (_publishing)
            (published, at) = (context.Published, _at);

        Place place = await Find(published, cancellationToken).ConfigureAwait(false);
        if (place.Position >= published && IsSame(at, place.PublishedAt))
        {
            await CatchUp(place.Position, cancellationToken).ConfigureAwait(false);
            return;
        }

        lock (_publishing)
        {
            // If this process has gone on meanwhile, the next look sees better.
            if (context.Published == published)
                GoBack(place.Position, place.Position, place.At);
        }
    }

    public void Dispose() => _reading.Dispose();

    private static bool IsSame(long? at, long? other) => at is null || other is null || at == other;

    private bool IsDone(long last)
    {
        lock (_publishing)
        {
            if (context.Published >= last)
                return true;
            if (!context.TrySkip(last))
                return false;

            _at = null;
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
            long published = context.Published;
            List<StoredEvent> news = [.. page.SkipWhile(e => e.Sequence <= published)];
            if (published >= last || (news.Count == 0 && published > from))
                return;

            if (page.Find(e => e.Sequence == published) is { } known && !IsSame(_at, known.At))
            {
                GoBack(page[^1].Sequence, published, known.At);
            }
            else if (news.Count == 0 || news[0].Sequence != published + 1)
            {
                Log.EventsLost(context.Logger, published);
                context.EventsWereLost(news.Count == 0 ? last : news[0].Sequence - 1);
            }

            context.Publish(news);
            _at = news.Count == 0 ? null : news[^1].At;
        }
    }

    /// <summary>
    /// Tells subscribers that the database has lost what was published last: it was restored, another server has taken over that
    /// did not have it yet, or it has crashed and was set not to wait for the disk.
    /// </summary>
    /// <param name="position">The number of the last event that there is.</param>
    /// <param name="goOnAfter">After which event to go on.</param>
    /// <param name="at">The time of that event.</param>
    private void GoBack(long position, long goOnAfter, long? at)
    {
        Log.WentBack(context.Logger, server.Name, context.Published, position);
        context.EventsWereLost(goOnAfter);
        _at = at;
    }

    private async ValueTask<Place> Find(long published, CancellationToken cancellationToken)
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
            List<Place> places = await session.Rows<Place>(sql, cancellationToken).ConfigureAwait(false);
            return places[0];
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
    private sealed class Place
    {
        public long Position { get; init; }

        public long? At { get; init; }

        public long? PublishedAt { get; init; }
    }
}
