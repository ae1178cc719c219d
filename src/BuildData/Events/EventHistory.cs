using BuildData.Stores;

namespace BuildData.Events;

/// <summary>Reads the events that a store keeps, as far as they have been published: after those, others may still become visible between them.</summary>
internal sealed class EventHistory(EventHistory.Reader read, Func<long> published)
{
    /// <summary>Runs a read on a session of the store, which it opens if need be.</summary>
    public delegate ValueTask<List<StoredEvent>> Reader(
        Func<ReadSession, CancellationToken, ValueTask<List<StoredEvent>>> read, CancellationToken cancellationToken);

    /// <summary>How many events are read at a time.</summary>
    public const int PageLength = 512;

    /// <summary>Reads the first events after a cursor: fewer than a page only if there are no more.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="isRead">
    /// Whether the cursor's event was read here before. Otherwise a cursor with a time is accepted only while its event is kept.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="CursorExpiredException">Not all events after it are kept.</exception>
    /// <exception cref="EventsLostException">The number belongs to another event, or to none, in the history that the store has now.</exception>
    public async ValueTask<List<StoredEvent>> After(EventCursor cursor, bool isRead, CancellationToken cancellationToken)
    {
        return await read(ReadPage, cancellationToken).ConfigureAwait(false);

        async ValueTask<List<StoredEvent>> ReadPage(ReadSession session, CancellationToken token)
        {
            long upTo = published();
            await session.BeginSnapshot(token).ConfigureAwait(false);
            try
            {
                return await After(session, cursor, upTo, isRead, token).ConfigureAwait(false);
            }
            finally
            {
                await session.EndSnapshot().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<List<StoredEvent>> After(ReadSession session, EventCursor cursor, long upTo, bool isRead, CancellationToken cancellationToken)
    {
        // From the cursor's own event on, which tells whether the number still names the same event.
        List<StoredEvent> events = await EventTable.Read(session, cursor.Sequence - 1, Math.Max(upTo, cursor.Sequence), PageLength + 1, cancellationToken).ConfigureAwait(false);
        if (events.Count > 0 && events[0].Sequence == cursor.Sequence)
        {
            if (cursor.Microseconds is { } at && at != events[0].At)
                throw new EventsLostException(cursor);
            events.RemoveAt(0);
            return events;
        }

        EventTableRange range = await EventTable.Range(session, cancellationToken).ConfigureAwait(false);
        bool mustBeThere = cursor.Microseconds is not null && !isRead;
        if (mustBeThere && (cursor.Sequence > range.Last || cursor.Sequence >= range.Oldest))
            throw new EventsLostException(cursor);

        long next = events.Count > 0 ? events[0].Sequence : range.Last + 1;
        if (mustBeThere || !(session.Dialect.HasNumberGaps ? range.HasAllAfter(cursor.Sequence) : HasAllAfter(cursor, next, range)))
            throw new CursorExpiredException(cursor.Sequence, range.Earliest, range.Last);
        if (events.Count > PageLength)
            events.RemoveAt(PageLength);
        return events;
    }

    // Numbers have a gap where the process that wrote the store was killed: what came last may have been lost.
    private static bool HasAllAfter(EventCursor cursor, long next, EventTableRange range) =>
        next == cursor.Sequence + 1 || (cursor == default && range.BeginsWithFirst);
}
