using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>The table of kept events.</summary>
internal static class EventTable
{
    /// <summary>Keeps an event.</summary>
    public static ValueTask Append(WriteSession session, StoredEvent e) =>
        session.Execute(
            "INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            e.Sequence, e.At, e.Kind, e.Name, e.ResourceId, e.Resource, e.Properties);

    /// <summary>The first events after a sequence number.</summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The sequence number.</param>
    /// <param name="upTo">The last sequence number that is wanted.</param>
    /// <param name="limit">How many events to read at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static ValueTask<List<StoredEvent>> Read(ReadSession session, long after, long upTo, int limit, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT sequence AS Sequence, at AS At, kind AS Kind, name AS Name, resource_id AS ResourceId, resource AS Resource, properties AS Properties
            FROM events WHERE sequence > {after} AND sequence <= {upTo} ORDER BY sequence LIMIT {limit} + 0
            """);
        return session.Rows<StoredEvent>(sql, cancellationToken);
    }

    /// <summary>Where the log begins and ends.</summary>
    public static async ValueTask<EventTableRange> Range(ReadSession session, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql().Append(
            """
            SELECT position AS Position, first_sequence AS First, (SELECT min(sequence) FROM events) AS Oldest, (SELECT max(sequence) FROM events) AS Newest
            FROM event_log
            """);
        List<EventTableRange> range = await session.Rows<EventTableRange>(sql, cancellationToken).ConfigureAwait(false);
        return range[0];
    }

    /// <summary>The time of an event in microseconds since 1970; null if the event is not kept.</summary>
    public static async ValueTask<long?> TimeOf(ReadSession session, long sequence, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT at FROM events WHERE sequence = {sequence}");
        List<long> at = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return at.Count == 0 ? null : at[0];
    }

    /// <summary>The time before which events have expired: the beginning of time where they are to be kept for longer than there is.</summary>
    public static DateTimeOffset ExpiredBefore(DateTimeOffset now, TimeSpan age) => now.UtcTicks > age.Ticks ? now - age : DateTimeOffset.MinValue;

    /// <summary>
    /// Removes events that have expired, oldest first. Everything before an expired event has expired too, whatever its own time
    /// is: one event that was written while the clock was ahead must not keep all that came after it.
    /// </summary>
    /// <param name="session">The session, in a transaction.</param>
    /// <param name="catalog">The resource types.</param>
    /// <param name="before">The time before which an event has expired.</param>
    /// <param name="most">How many sequence numbers to look at from the oldest event on, and to remove.</param>
    /// <returns>Whether more may have expired.</returns>
    public static async ValueTask<bool> Expire(WriteSession session, ResourceCatalog catalog, DateTimeOffset before, int most)
    {
        EventTableRange range = await Range(session, CancellationToken.None).ConfigureAwait(false);

        // The newest event stays: it tells the position of the log, and by its time whether the database has lost commits. So does
        // the newest public one, and what follows it: EventHub.LastCursor names it, and a subscription is to resume from there.
        if (range is not { Oldest: { } oldest, Newest: { } newest }
            || await PublicEvents.Last(session, catalog, newest, CancellationToken.None).ConfigureAwait(false) is not { Sequence: var stays }
            || oldest >= stays)
        {
            return false;
        }

        long end = Math.Min(oldest + most, stays);
        if (await LastExpired(session, oldest, end, before).ConfigureAwait(false) is not { } last)
            return false;

        last = Math.Min(last, stays - 1);
        await session.Execute("DELETE FROM events WHERE sequence <= $1", Math.Min(last, end - 1)).ConfigureAwait(false);
        if (range.First != EventTableRange.Removed)
            await session.Execute("UPDATE event_log SET first_sequence = $1", EventTableRange.Removed).ConfigureAwait(false);
        return last >= end - 1;
    }

    /// <summary>An expired event that is the last of those from the oldest up to an end, or one that comes after them.</summary>
    private static async ValueTask<long?> LastExpired(WriteSession session, long oldest, long end, DateTimeOffset before)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT max(sequence) AS Near,
                (SELECT sequence FROM events WHERE 
            """).Append(session.Dialect.SampledEvents).Append(
            $"""
             AND at < {before} ORDER BY at DESC LIMIT 1) AS Far
            FROM events WHERE sequence >= {oldest} AND sequence < {end} AND at < {before}
            """);
        List<ExpiredEvents> expired = await session.Rows<ExpiredEvents>(sql, CancellationToken.None).ConfigureAwait(false);
        return expired[0].Far is not { } far ? expired[0].Near : Math.Max(far, expired[0].Near ?? far);
    }

    /// <summary>The sequence numbers of expired events, as Dapper maps them.</summary>
    private sealed class ExpiredEvents
    {
        public long? Near { get; init; }

        public long? Far { get; init; }
    }
}
