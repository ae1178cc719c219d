using BuildData.Events;
using static BuildData.Stores.Sqlite.CompletedTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Assigns sequence numbers to events. If the options keep events, also stores the events, and removes expired events. Used only by
/// the writer. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>When the file is closed, the last sequence number is written to the table <c>event_log</c>.</para>
/// <para>If the last process has not closed the file, the last sequence number is unknown, because a power cut may have undone the
/// last commits. In this case the numbers continue after a gap of 2^32. The gap is larger than the number of events that can have
/// been lost. Therefore no number is assigned twice. A cursor inside the gap is known to have expired.</para>
/// </remarks>
internal sealed class SqliteEventLog(SqliteWriteSession session, BuildDataOptions options)
{
    private const long Gap = 1L << 32;

    // The index by time contains one event in 64. The range of events that is checked must be larger than that, so that each check
    // finds expired events.
    private const int MinRemovalBatch = 128;

    private static readonly TimeSpan MaxCheckInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lastRemovalCheck = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextRemovalCheck;

    /// <summary>Gets the sequence number of the last committed event.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Gets whether the options of the master keep events.</summary>
    public bool KeepsEvents => options.EventsKept is not null;

    /// <summary>Determines the last sequence number when the store is opened. Must be called in a transaction.</summary>
    /// <param name="wasClosed">Whether the last process that had the file open for writing has closed it.</param>
    /// <returns>
    /// The cursor of the last event. If that event is not known, a cursor with the last sequence number that may have been assigned.
    /// </returns>
    public EventCursor Open(bool wasClosed)
    {
        KeptEventRange range = ResultOf(EventTable.ReadRange(session, CancellationToken.None));
        LastSequence = range.LastAssignedSequence;
        if (!wasClosed)
            LeaveGap(range);

        if (KeepsEvents)
            return EventCursor.Of(LastSequence, ResultOf(EventTable.ReadTime(session, LastSequence, CancellationToken.None)));

        // Events from now on are not kept, so no subscription can resume from an earlier event.
        StorePosition(LastSequence);
        ThrowIfFailed(session.Execute("DELETE FROM events"));
        return LastSequence;
    }

    /// <summary>
    /// Reads the last sequence number from the database again. Called after another connection has committed. Must be called in a
    /// transaction.
    /// </summary>
    /// <returns>Whether another connection has added events.</returns>
    public bool RefreshLastSequence()
    {
        KeptEventRange range = ResultOf(EventTable.ReadRange(session, CancellationToken.None));
        if (range.LastAssignedSequence <= LastSequence)
            return false;

        LastSequence = range.LastAssignedSequence;
        return true;
    }

    /// <summary>
    /// Assigns sequence numbers to the events of the current transaction. If events are kept, stores them and removes expired events.
    /// Called before the commit.
    /// </summary>
    /// <param name="context">The context that contains the events.</param>
    /// <param name="storesSequence">
    /// Whether to store the last sequence number even if events are not kept. <see cref="CommitTracker"/> explains the reason.
    /// </param>
    /// <returns>The sequence number of the first event.</returns>
    public long NumberAndStore(UpdateContext context, bool storesSequence)
    {
        long first = LastSequence + 1;
        if (options.EventsKept is { } age)
        {
            foreach (StoredEvent e in context.StoredEvents(first))
                ThrowIfFailed(EventTable.Insert(session, e));
            RemoveExpired(context, age);
        }
        else if (storesSequence && context.EventCount > 0)
        {
            StorePosition(LastSequence + context.EventCount);
        }

        return first;
    }

    /// <summary>Advances the last sequence number. Called after a commit.</summary>
    /// <param name="eventCount">The number of events in the transaction.</param>
    public void OnCommitted(int eventCount) => LastSequence += eventCount;

    /// <summary>
    /// Makes the next transaction look for expired events at once. Called after a rollback, which may have undone a removal.
    /// </summary>
    public void OnRolledBack() => _nextRemovalCheck = DateTimeOffset.MinValue;

    /// <summary>Writes the last sequence number to the database. Must be called in the store's last transaction.</summary>
    public void Close() => StorePosition(LastSequence);

    private void LeaveGap(KeptEventRange range)
    {
        LastSequence += Gap;
        StorePosition(LastSequence);

        // No event was ever kept before the gap, so the first event kept will be the first one after the gap.
        if (range.OldestSequence is null && range.IsFirstEventKept)
            ThrowIfFailed(session.Execute("UPDATE event_log SET first_sequence = $1", LastSequence + 1));
    }

    private void RemoveExpired(UpdateContext context, TimeSpan age)
    {
        DateTimeOffset now = context.Now;
        bool wasSetBack = now < _lastRemovalCheck;
        if (now < _nextRemovalCheck && !wasSetBack)
            return;

        // Twice as many events are removed as added, so the expired events become fewer. A larger number would delay the commit.
        int limit = Math.Max(MinRemovalBatch, 2 * context.EventCount);
        bool more = ResultOf(EventTable.RemoveExpired(session, context.Catalog, EventTable.OldestTimeToKeep(now, age), limit));
        _lastRemovalCheck = now;
        _nextRemovalCheck = more ? DateTimeOffset.MinValue : Later(now, age / 64);
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan pause)
    {
        pause = pause < MaxCheckInterval ? pause : MaxCheckInterval;
        return DateTimeOffset.MaxValue - now > pause ? now + pause : DateTimeOffset.MaxValue;
    }

    private void StorePosition(long position) => ThrowIfFailed(session.Execute("UPDATE event_log SET position = $1", position));
}
