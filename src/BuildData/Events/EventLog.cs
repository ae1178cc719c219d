using BuildData.Stores;

namespace BuildData.Events;

/// <summary>The table of kept events. Its newest row and its oldest have no gap between them.</summary>
internal static class EventLog
{
    /// <summary>Keeps an event.</summary>
    public static ValueTask Append(WriteSession session, StoredEvent e) =>
        session.Execute(
            "INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            e.Sequence, e.At, e.Kind, e.Name, e.ResourceId, e.Resource, e.Properties);

    /// <summary>The first events after a sequence number.</summary>
    public static ValueTask<List<StoredEvent>> Read(ReadSession session, long after, int limit, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT sequence AS Sequence, at AS At, kind AS Kind, name AS Name, resource_id AS ResourceId, resource AS Resource, properties AS Properties
            FROM events WHERE sequence > {after} ORDER BY sequence LIMIT {limit} + 0
            """);
        return session.Rows<StoredEvent>(sql, cancellationToken);
    }

    /// <summary>Where the log begins and ends.</summary>
    public static async ValueTask<EventLogRange> Range(ReadSession session, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql().Append(
            """
            SELECT position AS Position, (SELECT min(sequence) FROM events) AS Oldest, (SELECT max(sequence) FROM events) AS Newest FROM event_log
            """);
        List<EventLogRange> range = await session.Rows<EventLogRange>(sql, cancellationToken).ConfigureAwait(false);
        return range[0];
    }

    /// <summary>The time before which events have expired: the beginning of time where they are to be kept for longer than there is.</summary>
    public static DateTimeOffset ExpiredBefore(DateTimeOffset now, TimeSpan age) => now.UtcTicks > age.Ticks ? now - age : DateTimeOffset.MinValue;

    /// <summary>
    /// Removes events from before a time, oldest first, looking at so many rows at the most; the time of what is the oldest
    /// then, or null if there is no more than one.
    /// </summary>
    public static async ValueTask<DateTimeOffset?> Expire(WriteSession session, DateTimeOffset before, int most)
    {
        EventLogRange range = await Range(session, CancellationToken.None).ConfigureAwait(false);
        if (range.Oldest is not { } oldest)
            return null;

        // Removed from the front alone, whatever the clock did meanwhile, and the newest never: the log's place is told by it.
        long end = Math.Min(oldest + most, range.Newest!.Value);
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT coalesce(min(sequence), {end}) FROM events WHERE sequence >= {oldest} AND sequence < {end} AND at >= {before}");
        List<long> keep = await session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        if (keep[0] > oldest)
            await session.Execute("DELETE FROM events WHERE sequence < $1", keep[0]).ConfigureAwait(false);

        sql = session.Sql().Append("SELECT at FROM events ORDER BY sequence LIMIT 1");
        List<long> next = await session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return keep[0] == range.Newest ? null : Timestamp.FromMicroseconds(next[0]);
    }
}
