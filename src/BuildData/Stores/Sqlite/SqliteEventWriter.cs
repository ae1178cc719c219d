using BuildData.Events;
using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Gives events their sequence numbers and, where they are to be kept, keeps them: in the transaction of the change.
/// </summary>
/// <remarks>
/// The number of the last event is stored when the file is closed. Where it was not closed, the numbers that were given out are
/// not known: a power cut may have taken the last commits. Then numbers continue after a gap that is larger than any number of
/// events that can have been lost, so that no number is given out twice, and a cursor inside the gap is known to have expired.
/// </remarks>
internal sealed class SqliteEventWriter(SqliteWriteSession session, BuildDataOptions options)
{
    private const long Gap = 1L << 32;

    // Larger than the distance between the events that the index by time holds, so that each look finds what has expired.
    private const int LeastExpired = 128;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lookedAt = DateTimeOffset.MaxValue;
    private DateTimeOffset _looksAgainAt;

    /// <summary>The sequence number of the last committed event.</summary>
    public long Sequence { get; private set; }

    public bool KeepsEvents => options.EventsKept is not null;

    /// <summary>Finds where numbers continue. Runs in a transaction.</summary>
    /// <param name="wasClosed">Whether the file was closed by the last process that wrote it.</param>
    /// <returns>The last event, or the last number that may have been given out.</returns>
    public EventCursor Open(bool wasClosed)
    {
        EventTableRange range = Result(EventTable.Range(session, CancellationToken.None));
        Sequence = range.Last;
        if (!wasClosed)
            LeaveGap(range);

        if (KeepsEvents)
            return EventCursor.Of(Sequence, Result(EventTable.TimeOf(session, Sequence, CancellationToken.None)));

        // What happens from now on is not kept, so nobody could resume from before.
        StorePosition(Sequence);
        Complete(session.Execute("DELETE FROM events"));
        return Sequence;
    }

    /// <summary>Finds where numbers continue after another connection has committed. Runs in a transaction.</summary>
    /// <returns>Whether another connection has added events.</returns>
    public bool Refresh()
    {
        EventTableRange range = Result(EventTable.Range(session, CancellationToken.None));
        if (range.Last <= Sequence)
            return false;

        Sequence = range.Last;
        return true;
    }

    /// <summary>Numbers the events of a transaction before its commit.</summary>
    /// <param name="context">The context that has them.</param>
    /// <param name="storesPosition">Whether a snapshot must be able to tell whether it includes the transaction.</param>
    /// <returns>The number of the first.</returns>
    public long Append(UpdateContext context, bool storesPosition)
    {
        long first = Sequence + 1;
        if (options.EventsKept is { } age)
        {
            foreach (StoredEvent e in context.StoredEvents(first))
                Complete(EventTable.Append(session, e));
            RemoveExpired(context, age);
        }
        else if (storesPosition && context.EventCount > 0)
        {
            StorePosition(Sequence + context.EventCount);
        }

        return first;
    }

    /// <summary>The transaction is committed.</summary>
    public void Committed(int events) => Sequence += events;

    /// <summary>The transaction was undone, and with it the removal of what has expired.</summary>
    public void Undone() => _looksAgainAt = DateTimeOffset.MinValue;

    /// <summary>Stores where numbers continue, in the last transaction.</summary>
    public void Close() => StorePosition(Sequence);

    private void LeaveGap(EventTableRange range)
    {
        Sequence += Gap;
        StorePosition(Sequence);

        // Nothing was kept before the gap, so the beginning comes after it.
        if (range.Oldest is null && range.BeginsWithFirst)
            Complete(session.Execute("UPDATE event_log SET first_sequence = $1", Sequence + 1));
    }

    private void RemoveExpired(UpdateContext context, TimeSpan age)
    {
        DateTimeOffset now = context.Now;
        bool wasSetBack = now < _lookedAt;
        if (now < _looksAgainAt && !wasSetBack)
            return;

        // More is removed than added, so that what has expired is gone in the end, and little enough to delay nobody.
        int most = Math.Max(LeastExpired, 2 * context.EventCount);
        bool more = Result(EventTable.Expire(session, context.Catalog, EventTable.ExpiredBefore(now, age), most));
        _lookedAt = now;
        _looksAgainAt = more ? DateTimeOffset.MinValue : Later(now, age / 64);
    }

    private static DateTimeOffset Later(DateTimeOffset now, TimeSpan pause)
    {
        pause = pause < LongestPause ? pause : LongestPause;
        return DateTimeOffset.MaxValue - now > pause ? now + pause : DateTimeOffset.MaxValue;
    }

    private void StorePosition(long position) => Complete(session.Execute("UPDATE event_log SET position = $1", position));
}
