using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads the kept events of a store, up to the last published event. Events after it are not read, because events with lower numbers may
/// not be visible yet. Thread-safe.
/// </summary>
/// <param name="read">Runs a read on a session of the store.</param>
/// <param name="published">Returns the sequence number of the last published event.</param>
internal sealed class EventHistory(EventHistory.Reader read, Func<long> published)
{
    /// <summary>Runs a read on a session of the store. Opens the store if it is not open.</summary>
    public delegate ValueTask<List<StoredEvent>> Reader(
        Func<ReadSession, CancellationToken, ValueTask<List<StoredEvent>>> read, CancellationToken cancellationToken);

    /// <summary>The maximum number of events that one read returns.</summary>
    public const int PageLength = 512;

    /// <summary>Reads the first events after a cursor.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="isRead">
    /// True if the subscription has read the event of the cursor from the history. If false, a cursor with a time is accepted only if its
    /// event is still kept.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events, in order: at most <see cref="PageLength"/>, and fewer only if there are no more.</returns>
    /// <exception cref="CursorExpiredException">Some events after the cursor are no longer kept.</exception>
    /// <exception cref="EventsLostException">In the current history, the cursor's number belongs to another event or to no event.</exception>
    public async ValueTask<List<StoredEvent>> ReadAfter(EventCursor cursor, bool isRead, CancellationToken cancellationToken)
    {
        return await read(ReadPage, cancellationToken).ConfigureAwait(false);

        async ValueTask<List<StoredEvent>> ReadPage(ReadSession session, CancellationToken token)
        {
            long upTo = published();
            await session.BeginSnapshot(token).ConfigureAwait(false);
            try
            {
                return await ReadAfter(session, cursor, upTo, isRead, token).ConfigureAwait(false);
            }
            finally
            {
                await session.EndSnapshot().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<List<StoredEvent>> ReadAfter(ReadSession session, EventCursor cursor, long upTo, bool isRead, CancellationToken cancellationToken)
    {
        // Read the event of the cursor too. Its time shows whether the number still belongs to the same event.
        List<StoredEvent> events = await EventTable.Read(session, cursor.Sequence - 1, Math.Max(upTo, cursor.Sequence), PageLength + 1, cancellationToken).ConfigureAwait(false);
        if (events.Count > 0 && events[0].Sequence == cursor.Sequence)
        {
            if (cursor.Microseconds is { } at && at != events[0].At)
                throw new EventsLostException(cursor);
            events.RemoveAt(0);
            return events;
        }

        EventTableRange range = await EventTable.ReadRange(session, cancellationToken).ConfigureAwait(false);
        bool mustBeKept = cursor.Microseconds is not null && !isRead;
        if (mustBeKept && (cursor.Sequence > range.LastAssigned || cursor.Sequence >= range.Oldest))
            throw new EventsLostException(cursor);

        long next = events.Count > 0 ? events[0].Sequence : range.LastAssigned + 1;
        if (mustBeKept || !(session.Dialect.HasNumberGaps ? range.HasAllAfter(cursor.Sequence) : HasAllAfter(cursor, next, range)))
            throw new CursorExpiredException(cursor.Sequence, range.EarliestCursor, range.LastAssigned);
        if (events.Count > PageLength)
            events.RemoveAt(PageLength);
        return events;
    }

    // In a store whose numbers are contiguous, a gap means that the writing process was killed, and its last events may have been lost.
    private static bool HasAllAfter(EventCursor cursor, long next, EventTableRange range) =>
        next == cursor.Sequence + 1 || (cursor == default && range.IsBeginningKept);
}
