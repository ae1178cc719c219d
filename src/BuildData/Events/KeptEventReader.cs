using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads pages of kept events, which are the events that are stored in the table of events. Thread-safe.
/// </summary>
/// <remarks>
/// Events after the last published event are not read. An event with a lower number than theirs may not be visible yet, and a reader would
/// miss it.
/// </remarks>
/// <param name="runRead">Runs a read on a session of the store.</param>
/// <param name="getLastPublished">Returns the sequence number of the last published event.</param>
internal sealed class KeptEventReader(KeptEventReader.ReadRunner runRead, Func<long> getLastPublished)
{
    /// <summary>Runs a read on a session of the store. First opens the store if it is not open.</summary>
    public delegate ValueTask<List<StoredEvent>> ReadRunner(
        Func<ReadSession, CancellationToken, ValueTask<List<StoredEvent>>> read, CancellationToken cancellationToken);

    /// <summary>The maximum number of events that one read returns.</summary>
    public const int PageLength = 512;

    /// <summary>Reads the first events after a cursor.</summary>
    /// <param name="cursor">The cursor.</param>
    /// <param name="isFromEarlierPage">
    /// True if an earlier page contained the event of the cursor. If false, and the cursor has a time, the event of the cursor must still be
    /// kept.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The events, in order. Their number is <see cref="PageLength"/>, or less if there are no more.</returns>
    /// <exception cref="CursorExpiredException">
    /// Some events after the cursor are no longer kept, or the event of the cursor must be kept and is not.
    /// </exception>
    /// <exception cref="EventsLostException">
    /// The store has lost events, or its history was replaced: the cursor's number now belongs to another event or to no event.
    /// </exception>
    public async ValueTask<List<StoredEvent>> ReadPageAfter(EventCursor cursor, bool isFromEarlierPage, CancellationToken cancellationToken)
    {
        return await runRead(ReadInSnapshot, cancellationToken).ConfigureAwait(false);

        async ValueTask<List<StoredEvent>> ReadInSnapshot(ReadSession session, CancellationToken token)
        {
            long upTo = getLastPublished();
            await session.BeginSnapshot(token).ConfigureAwait(false);
            try
            {
                return await ReadPageAfter(session, cursor, upTo, isFromEarlierPage, token).ConfigureAwait(false);
            }
            finally
            {
                await session.EndSnapshot().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<List<StoredEvent>> ReadPageAfter(ReadSession session, EventCursor cursor, long upTo, bool isFromEarlierPage, CancellationToken cancellationToken)
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

        KeptEventRange range = await EventTable.ReadRange(session, cancellationToken).ConfigureAwait(false);
        bool mustBeKept = cursor.Microseconds is not null && !isFromEarlierPage;
        if (mustBeKept && (cursor.Sequence > range.LastAssignedSequence || cursor.Sequence >= range.OldestSequence))
            throw new EventsLostException(cursor);

        long next = events.Count > 0 ? events[0].Sequence : range.LastAssignedSequence + 1;
        if (mustBeKept || !(session.Dialect.HasNumberGaps ? range.HasAllEventsAfter(cursor.Sequence) : HasAllAfter(cursor, next, range)))
            throw new CursorExpiredException(cursor.Sequence, range.EarliestResumableSequence, range.LastAssignedSequence);
        if (events.Count > PageLength)
            events.RemoveAt(PageLength);
        return events;
    }

    // In a store whose numbers are contiguous, a gap means that the writing process was killed, and its last events may have been lost.
    private static bool HasAllAfter(EventCursor cursor, long next, KeptEventRange range) =>
        next == cursor.Sequence + 1 || (cursor == default && range.IsFirstEventKept);
}
