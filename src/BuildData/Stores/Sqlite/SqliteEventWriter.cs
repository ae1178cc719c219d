using BuildData.Events;
using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Assigns sequence numbers to events. If the options keep events, stores them in the transaction of the change.
/// </summary>
/// <remarks>
/// The last sequence number is stored when the file is closed. If the file was not closed, the last number is unknown, because a
/// power cut may have undone the last commits. Then the numbers continue after a gap of 2^32. It is larger than the number of events
/// that can have been lost, so no number is assigned twice, and a cursor inside the gap is known to have expired.
/// </remarks>
internal sealed class SqliteEventWriter(SqliteWriteSession session, BuildDataOptions options)
{
    private const long Gap = 1L << 32;

    // The index by time contains one event in 64. The range of events that is checked must be larger than that, so that each check
    // finds expired events.
    private const int MinRemovalBatch = 128;

    private static readonly TimeSpan MaxCheckInterval = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lastCheck = DateTimeOffset.MaxValue;
    private DateTimeOffset _nextCheck;

    /// <summary>Gets the sequence number of the last committed event.</summary>
    public long Sequence { get; private set; }

    public bool KeepsEvents => options.EventsKept is not null;

    /// <summary>Determines the last sequence number when the store opens. Must be called in a transaction.</summary>
    /// <param name="wasClosed">Whether the last process that wrote the file has closed it.</param>
    /// <returns>The cursor of the last event, or the last sequence number that may have been assigned.</returns>
    public EventCursor Open(bool wasClosed)
    {
        KeptEventRange range = Result(EventTable.ReadRange(session, CancellationToken.None));
        Sequence = range.LastAssigned;
        if (!wasClosed)
            LeaveGap(range);

        if (KeepsEvents)
            return EventCursor.Of(Sequence, Result(EventTable.ReadTime(session, Sequence, CancellationToken.None)));

        // Events from now on are not kept, so no subscription can resume from an earlier event.
        StorePosition(Sequence);
        Complete(session.Execute("DELETE FROM events"));
        return Sequence;
    }

    /// <summary>Reads the last sequence number again after another connection has committed. Must be called in a transaction.</summary>
    /// <returns>Whether another connection has added events.</returns>
    public bool Refresh()
    {
        KeptEventRange range = Result(EventTable.ReadRange(session, CancellationToken.None));
        if (range.LastAssigned <= Sequence)
            return false;

        Sequence = range.LastAssigned;
        return true;
    }

    /// <summary>Assigns sequence numbers to the events of a transaction before its commit, and stores the events if they are kept.</summary>
    /// <param name="context">The context that contains the events.</param>
    /// <param name="storesPosition">
    /// Whether to change the position of the event log, so that a snapshot shows whether it includes the transaction.
    /// </param>
    /// <returns>The sequence number of the first event.</returns>
    public long Append(UpdateContext context, bool storesPosition)
    {
        long first = Sequence + 1;
        if (options.EventsKept is { } age)
        {
            foreach (StoredEvent e in context.StoredEvents(first))
                Complete(EventTable.Insert(session, e));
            RemoveExpired(context, age);
        }
        else if (storesPosition && context.EventCount > 0)
        {
            StorePosition(Sequence + context.EventCount);
        }

        return first;
    }

    /// <summary>Advances the last sequence number after a commit.</summary>
    public void OnCommitted(int events) => Sequence += events;

    /// <summary>Makes the next transaction remove expired events again, because a rollback has undone the last removal.</summary>
    public void OnRolledBack() => _nextCheck = DateTimeOffset.MinValue;

    /// <summary>Stores the last sequence number. Must be called in the store's last transaction.</summary>
    public void Close() => StorePosition(Sequence);

    private void LeaveGap(KeptEventRange range)
    {
        Sequence += Gap;
        StorePosition(Sequence);

        // No event was ever kept before the gap, so the first event kept will be the first one after the gap.
        if (range.Oldest is null && range.IsBeginningKept)
            Complete(session.Execute("UPDATE event_log SET first_sequence = $1", Sequence + 1));
    }

    private void RemoveExpired(UpdateContext context, TimeSpan age)
    {
        DateTimeOffset now = context.Now;
        bool wasSetBack = now < _lastCheck;
        if (now < _nextCheck && !wasSetBack)
            return;

        // Twice as many events are removed as added, so the expired events become fewer. A larger number would delay the commit.
        int limit = Math.Max(MinRemovalBatch, 2 * context.EventCount);
        bool more = Result(EventTable.RemoveExpired(session, context.Catalog, EventTable.ExpiredBefore(now, age), limit));
        _lastCheck = now;
        _nextCheck = more ? DateTimeOffset.MinValue : Later(now, age / 64);
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan pause)
    {
        pause = pause < MaxCheckInterval ? pause : MaxCheckInterval;
        return DateTimeOffset.MaxValue - now > pause ? now + pause : DateTimeOffset.MaxValue;
    }

    private void StorePosition(long position) => Complete(session.Execute("UPDATE event_log SET position = $1", position));
}
