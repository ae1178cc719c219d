using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>Reads and writes the table of kept events.</summary>
internal static class EventTable
{
    /// <summary>Inserts an event.</summary>
    public static ValueTask Append(WriteSession session, StoredEvent e) =>
        session.Execute(
            "INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            e.Sequence, e.At, e.Kind, e.Name, e.ResourceId, e.Resource, e.Properties);

    /// <summary>Reads events, in the order of their sequence numbers.</summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The sequence number before the first one to read.</param>
    /// <param name="upTo">The last sequence number to read.</param>
    /// <param name="limit">The maximum number of events to read.</param>
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

    /// <summary>Reads which sequence numbers the kept events have.</summary>
    public static async ValueTask<EventTableRange> ReadRange(ReadSession session, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql().Append(
            """
            SELECT position AS Position, first_sequence AS FirstSequence, (SELECT min(sequence) FROM events) AS Oldest, (SELECT max(sequence) FROM events) AS Newest
            FROM event_log
            """);
        List<EventTableRange> range = await session.Rows<EventTableRange>(sql, cancellationToken).ConfigureAwait(false);
        return range[0];
    }

    /// <summary>Reads the time of an event in microseconds since 1970. Returns null if the event is not kept.</summary>
    public static async ValueTask<long?> ReadTime(ReadSession session, long sequence, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT at FROM events WHERE sequence = {sequence}");
        List<long> at = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return at.Count == 0 ? null : at[0];
    }

    /// <summary>Returns the time before which events have expired. If that time can't be represented, returns <see cref="DateTimeOffset.MinValue"/>.</summary>
    public static DateTimeOffset ExpiredBefore(DateTimeOffset now, TimeSpan age) => now.UtcTicks > age.Ticks ? now - age : DateTimeOffset.MinValue;

    /// <summary>
    /// Removes expired events, oldest first. Never removes the newest event, or the newest public event and those after it.
    /// </summary>
    /// <remarks>
    /// An event also counts as expired if a later event has expired. Otherwise one event that was written while the clock was ahead would
    /// prevent the removal of all events after it.
    /// </remarks>
    /// <param name="session">The session, in a transaction.</param>
    /// <param name="catalog">The resource types.</param>
    /// <param name="before">The time before which an event has expired.</param>
    /// <param name="most">The maximum number of sequence numbers to examine and to remove, from the oldest event on.</param>
    /// <returns>Whether there may be more expired events.</returns>
    public static async ValueTask<bool> Expire(WriteSession session, ResourceCatalog catalog, DateTimeOffset before, int most)
    {
        EventTableRange range = await ReadRange(session, CancellationToken.None).ConfigureAwait(false);

        // Keep the newest event: its number is the position of the log, and its time shows whether the database has lost commits.
        // Keep the newest public event and all later ones too: a subscription must be able to resume after EventHub.LastCursor.
        if (range is not { Oldest: { } oldest, Newest: { } newest }
            || await PublicEvents.ReadLast(session, catalog, newest, CancellationToken.None).ConfigureAwait(false) is not { Sequence: var firstToKeep }
            || oldest >= firstToKeep)
        {
            return false;
        }

        long end = Math.Min(oldest + most, firstToKeep);
        if (await LastExpired(session, oldest, end, before).ConfigureAwait(false) is not { } last)
            return false;

        last = Math.Min(last, firstToKeep - 1);
        await session.Execute("DELETE FROM events WHERE sequence <= $1", Math.Min(last, end - 1)).ConfigureAwait(false);
        if (range.FirstSequence != EventTableRange.EventsRemoved)
            await session.Execute("UPDATE event_log SET first_sequence = $1", EventTableRange.EventsRemoved).ConfigureAwait(false);
        return last >= end - 1;
    }

    /// <summary>
    /// Returns the sequence number of the last expired event before <paramref name="end"/>. If a sample of all events contains a later
    /// event that has expired, returns its number instead. Returns null if neither exists.
    /// </summary>
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

    /// <summary>Holds sequence numbers of expired events. Dapper sets the properties.</summary>
    private sealed class ExpiredEvents
    {
        /// <summary>Gets the last one in the examined range.</summary>
        public long? Near { get; init; }

        /// <summary>Gets the one in the sample that expired last.</summary>
        public long? Far { get; init; }
    }
}
