using BuildData.Events;
using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Assigns sequence numbers to the events of transactions. If the options of the master keep events, also stores events in the database,
/// and removes expired events. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>Each event has a sequence number. A subscription can resume after an event with a certain number.</para>
/// <para>Before a process closes the database file, it stores the last sequence number in the table <c>event_log</c>.</para>
/// <para>If a process was killed, it has not stored the number. In addition, a power cut may have undone the last commits of the process.
/// So the next process does not know the last number, and skips 2^32 numbers. Fewer events than this can be lost. Therefore no two events
/// have the same number. If a subscription tries to resume after a skipped number, the store refuses this.</para>
/// </remarks>
internal sealed class SqliteEventLog(SqliteWriteSession session, BuildDataOptions options)
{
    private const long Gap = 1L << 32;

    // The index by time contains each 64th event. The range of events to check must be longer than 64, so that each check finds expired
    // events.
    private const int MinRemovalBatch = 128;

    private static readonly TimeSpan MaxCheckInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lastRemovalCheck = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextRemovalCheck;

    /// <summary>Gets the sequence number of the last committed event.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Gets whether the options of the master require that events are stored in the database.</summary>
    public bool KeepsEvents => options.EventsKept is not null;

    /// <summary>Sets the last sequence number when the store is opened. Must be called in a transaction.</summary>
    /// <param name="wasFileClosed">
    /// Whether the last process that wrote to the file has closed the file. If not, this method skips 2^32 sequence numbers.
    /// </param>
    /// <returns>The last sequence number, and the time of its event if that event is stored.</returns>
    public EventCursor InitializeLastSequence(bool wasFileClosed)
    {
        KeptEventRange range = GetResult(EventTable.ReadRange(session, CancellationToken.None));
        LastSequence = range.LastAssignedSequence;
        if (!wasFileClosed)
            LeaveGap(range);

        if (KeepsEvents)
            return EventCursor.Of(LastSequence, GetResult(EventTable.ReadTime(session, LastSequence, CancellationToken.None)));

        // This process keeps no events. A subscription could not receive all later events, so none may resume from an earlier one.
        StorePosition(LastSequence);
        ThrowIfFailed(session.Execute("DELETE FROM events"));
        return LastSequence;
    }

    /// <summary>
    /// If the last process that wrote to the file has not closed the file, skips 2^32 sequence numbers, and records that the file is closed.
    /// Must be called in a transaction.
    /// </summary>
    /// <returns>Whether numbers were skipped.</returns>
    public static bool LeaveGapIfNotClosed(SqliteWriteSession session)
    {
        var process = new WriterProcessRecord(session);
        if (process.MarkOpenedAndCheckWasClosed())
        {
            process.MarkClosed();
            return false;
        }

        LeaveGap(session, GetResult(EventTable.ReadRange(session, CancellationToken.None)));
        process.MarkClosed();
        return true;
    }

    /// <summary>
    /// Reads the last sequence number from the database again, because another process has committed a transaction. Must be called in a
    /// transaction.
    /// </summary>
    /// <returns>Whether the other process has increased the last sequence number.</returns>
    public bool RefreshLastSequence()
    {
        KeptEventRange range = GetResult(EventTable.ReadRange(session, CancellationToken.None));
        if (range.LastAssignedSequence <= LastSequence)
            return false;

        LastSequence = range.LastAssignedSequence;
        return true;
    }

    /// <summary>
    /// Assigns sequence numbers to the events of the current transaction. If events are kept, stores these events, and removes expired
    /// events. Must be called before the commit.
    /// </summary>
    /// <param name="context">Contains the events of the transaction.</param>
    /// <param name="storesSequence">
    /// Whether to store the last sequence number even if events are not kept. Readers need the stored number during the commit
    /// (see <see cref="CommitTracker"/>).
    /// </param>
    /// <returns>The sequence number of the first event.</returns>
    public long NumberAndStoreEvents(UpdateContext context, bool storesSequence)
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

    /// <summary>Adds the number of committed events to <see cref="LastSequence"/>. Must be called after each commit.</summary>
    /// <param name="eventCount">The number of events in the transaction.</param>
    public void AdvanceLastSequence(int eventCount) => LastSequence += eventCount;

    /// <summary>
    /// Makes the next transaction remove expired events, without waiting for the usual interval. Must be called after a rollback, because
    /// the rollback may have undone the removal of expired events.
    /// </summary>
    public void ScheduleExpiryCheck() => _nextRemovalCheck = DateTimeOffset.MinValue;

    /// <summary>Stores the last sequence number in the database. Must be called in the last transaction before the file is closed.</summary>
    public void StoreLastSequence() => StorePosition(LastSequence);

    private void LeaveGap(KeptEventRange range)
    {
        LastSequence += Gap;
        LeaveGap(session, range);
    }

    private static void LeaveGap(SqliteWriteSession session, KeptEventRange range)
    {
        long last = range.LastAssignedSequence + Gap;
        StorePosition(session, last);

        // No event was ever kept before the gap, so the first event kept will be the first one after the gap.
        if (range.OldestSequence is null && range.IsFirstEventKept)
            ThrowIfFailed(session.Execute("UPDATE event_log SET first_sequence = $1", last + 1));
    }

    private void RemoveExpired(UpdateContext context, TimeSpan age)
    {
        DateTimeOffset now = context.Now;
        bool wasSetBack = now < _lastRemovalCheck;
        if (now < _nextRemovalCheck && !wasSetBack)
            return;

        // Twice as many events are removed as added, so the expired events become fewer. A larger number would delay the commit.
        int limit = Math.Max(MinRemovalBatch, 2 * context.EventCount);
        bool more = GetResult(EventTable.RemoveExpired(session, context.Catalog, EventTable.OldestTimeToKeep(now, age), limit));
        _lastRemovalCheck = now;
        _nextRemovalCheck = more ? DateTimeOffset.MinValue : Later(now, age / 64);
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan pause)
    {
        pause = pause < MaxCheckInterval ? pause : MaxCheckInterval;
        return DateTimeOffset.MaxValue - now > pause ? now + pause : DateTimeOffset.MaxValue;
    }

    private void StorePosition(long position) => StorePosition(session, position);

    private static void StorePosition(SqliteWriteSession session, long position) => ThrowIfFailed(session.Execute("UPDATE event_log SET position = $1", position));
}
