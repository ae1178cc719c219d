using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads pages of kept events, oldest first. A kept event is an event that is stored in the table of events. Thread-safe.
/// </summary>
/// <remarks>
/// The reader does not read events after the last published event. The reason is that an event can become visible in the database before an
/// earlier event. If the reader returned the first of these, it would miss the earlier event.
/// </remarks>
/// <param name="runRead">Runs a read on a session of the store.</param>
/// <param name="getLastPublished">Returns the sequence number of the last published event.</param>
internal sealed class KeptEventReader(KeptEventReader.ReadRunner runRead, Func<long> getLastPublished)
{
    /// <summary>Runs a read on a session of the store. Opens the store first if the store is not open.</summary>
    public delegate ValueTask<List<StoredEvent>> ReadRunner(
        Func<ReadSession, CancellationToken, ValueTask<List<StoredEvent>>> read, CancellationToken cancellationToken);

    /// <summary>The maximum number of events in a page.</summary>
    public const int PageLength = 512;

    /// <summary>
    /// Reads the first kept events after a cursor. A cursor is the sequence number of an event, and the time of the event if the time is
    /// known.
    /// </summary>
    /// <param name="cursor">The cursor after which the page begins.</param>
    /// <param name="isContinuation">
    /// True if an earlier page ended with the event of the cursor. This event may have been removed since. False for the first page: the
    /// event of a cursor with a time must still be kept.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>
    /// The events, in the order of their sequence numbers. The page has fewer than <see cref="PageLength"/> events only if no more events
    /// can be read.
    /// </returns>
    /// <exception cref="CursorExpiredException">
    /// Events after the cursor are no longer kept. This exception is also thrown if the event of the cursor must be kept, but was removed.
    /// </exception>
    /// <exception cref="EventsLostException">
    /// The database has lost events or was replaced by another copy. The sequence number of the cursor belongs to another event or to no
    /// event.
    /// </exception>
    public async ValueTask<List<StoredEvent>> ReadPageAfter(EventCursor cursor, bool isContinuation, CancellationToken cancellationToken)
    {
        return await runRead(ReadInSnapshot, cancellationToken).ConfigureAwait(false);

        async ValueTask<List<StoredEvent>> ReadInSnapshot(ReadSession session, CancellationToken token)
        {
            long upTo = getLastPublished();
            await session.BeginSnapshot(token).ConfigureAwait(false);
            try
            {
                return await ReadPageAfter(session, cursor, upTo, isContinuation, token).ConfigureAwait(false);
            }
            finally
            {
                await session.EndSnapshot().ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask<List<StoredEvent>> ReadPageAfter(ReadSession session, EventCursor cursor, long upTo, bool isContinuation, CancellationToken cancellationToken)
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
        bool mustBeKept = cursor.Microseconds is not null && !isContinuation;
        if (mustBeKept && (cursor.Sequence > range.LastAssignedSequence || cursor.Sequence >= range.OldestSequence || HasNeverRemoved(range, session.Dialect)))
            throw new EventsLostException(cursor);

        long next = events.Count > 0 ? events[0].Sequence : range.LastAssignedSequence + 1;
        if (mustBeKept || !(session.Dialect.HasSequenceGaps ? range.CanResumeAfter(cursor.Sequence) : HasAllAfter(cursor, next, range)))
            throw new CursorExpiredException(cursor.Sequence, range.EarliestResumableSequence, range.LastAssignedSequence);
        if (events.Count > PageLength)
            events.RemoveAt(PageLength);
        return events;
    }

    // Then an event that is missing was not removed but lost: for example, a power cut has undone all commits with events.
    private static bool HasNeverRemoved(KeptEventRange range, SqlDialect dialect) => !dialect.HasSequenceGaps && range.IsFirstEventKept;

    // For a store that assigns numbers without gaps. There, a gap means that the writing process was killed. Its last events may be lost.
    private static bool HasAllAfter(EventCursor cursor, long next, KeptEventRange range) =>
        next == cursor.Sequence + 1 || (cursor == default && range.IsFirstEventKept);
}
