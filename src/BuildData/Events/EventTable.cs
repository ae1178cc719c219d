using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads and writes the table of events. This table stores kept events, so that a subscription can resume after an earlier event.
/// </summary>
internal static class EventTable
{
    /// <summary>Inserts an event into the table.</summary>
    public static ValueTask Insert(WriteSession session, StoredEvent e) =>
        session.Execute(
            "INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            e.Sequence, e.At, e.Kind, e.Name, e.ResourceId, e.Resource, e.Properties);

    /// <summary>Reads events, in the order of their sequence numbers.</summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The sequence number after which to begin.</param>
    /// <param name="upTo">The highest sequence number to read.</param>
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

    /// <summary>Reads the range of the sequence numbers of kept events, and the range of numbers that may have been assigned to events.</summary>
    public static async ValueTask<KeptEventRange> ReadRange(ReadSession session, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql().Append(
            """
            SELECT position AS SequenceInEventLog, first_sequence AS FirstKeptSequence, (SELECT min(sequence) FROM events) AS OldestSequence, (SELECT max(sequence) FROM events) AS NewestSequence
            FROM event_log
            """);
        List<KeptEventRange> range = await session.Rows<KeptEventRange>(sql, cancellationToken).ConfigureAwait(false);
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

    /// <summary>
    /// Returns the current time minus the time for which events are kept. Events from before the returned time have expired. If that time
    /// is too early for a <see cref="DateTimeOffset"/>, returns <see cref="DateTimeOffset.MinValue"/>.
    /// </summary>
    /// <param name="now">The current time.</param>
    /// <param name="age">How long events are kept.</param>
    public static DateTimeOffset OldestTimeToKeep(DateTimeOffset now, TimeSpan age) => now.UtcTicks > age.Ticks ? now - age : DateTimeOffset.MinValue;

    /// <summary>
    /// Removes expired events, oldest first. Always keeps the newest public event and all later events. A public event is an event that
    /// subscriptions can receive. If the table has no public event, removes nothing.
    /// </summary>
    /// <remarks>
    /// An event has expired if its time is before <paramref name="before"/>, or if a later event has expired. The second rule is for events
    /// that were written while the clock was wrong and ahead. Without this rule, such an event would prevent the removal of all later
    /// events.
    /// </remarks>
    /// <param name="session">The session, in a transaction.</param>
    /// <param name="catalog">The resource types.</param>
    /// <param name="before">Events from before this time have expired.</param>
    /// <param name="maxCount">
    /// The maximum number of sequence numbers to examine, from the oldest event on. At most this number of events is removed.
    /// </param>
    /// <returns>True if the table may contain more expired events that can be removed.</returns>
    public static async ValueTask<bool> RemoveExpired(WriteSession session, ResourceCatalog catalog, DateTimeOffset before, int maxCount)
    {
        KeptEventRange range = await ReadRange(session, CancellationToken.None).ConfigureAwait(false);

        // Keep the newest event. Its number shows which numbers were assigned. Its time shows whether the database has lost commits.
        // Keep the newest public event and all later events too. A subscription must be able to resume after EventHub.LastCursor.
        if (range is not { OldestSequence: { } oldest, NewestSequence: { } newest }
            || await LastPublicEventReader.Read(session, catalog, newest, CancellationToken.None).ConfigureAwait(false) is not { Sequence: var firstToKeep }
            || oldest >= firstToKeep)
        {
            return false;
        }

        long end = Math.Min(oldest + maxCount, firstToKeep);
        if (await FindLastExpired(session, oldest, end, before).ConfigureAwait(false) is not { } last)
            return false;

        last = Math.Min(last, firstToKeep - 1);
        await session.Execute("DELETE FROM events WHERE sequence <= $1", Math.Min(last, end - 1)).ConfigureAwait(false);
        if (range.FirstKeptSequence != KeptEventRange.NoFirstSequence)
            await session.Execute("UPDATE event_log SET first_sequence = $1", KeptEventRange.NoFirstSequence).ConfigureAwait(false);
        return last >= end - 1;
    }

    /// <summary>
    /// Returns the sequence number of an expired event; null if the search finds none. All events up to this number have expired. The
    /// search examines a range of events and a sample of the whole table.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="oldest">The first sequence number of the range.</param>
    /// <param name="end">The first sequence number after the range.</param>
    /// <param name="before">Events from before this time have expired.</param>
    private static async ValueTask<long?> FindLastExpired(WriteSession session, long oldest, long end, DateTimeOffset before)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT max(sequence) AS LastInRange,
                (SELECT sequence FROM events WHERE 
            """).Append(session.Dialect.SampledEventsCondition).Append(
            $"""
             AND at < {before} ORDER BY at DESC LIMIT 1) AS LatestInSample
            FROM events WHERE sequence >= {oldest} AND sequence < {end} AND at < {before}
            """);
        List<ExpiredSequences> expired = await session.Rows<ExpiredSequences>(sql, CancellationToken.None).ConfigureAwait(false);
        return expired[0].LatestInSample is not { } far ? expired[0].LastInRange : Math.Max(far, expired[0].LastInRange ?? far);
    }

    /// <summary>
    /// Holds the result of the search for expired events: one sequence number from the range, and one from the sample. Dapper sets the
    /// properties.
    /// </summary>
    private sealed class ExpiredSequences
    {
        /// <summary>Gets the highest sequence number of an expired event in the range; null if no event in the range has expired.</summary>
        public long? LastInRange { get; init; }

        /// <summary>
        /// Gets the sequence number of the expired event with the latest time in the sample; null if no event in the sample has expired.
        /// </summary>
        public long? LatestInSample { get; init; }
    }
}
