using BuildData.Events;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Gives events their sequence numbers and, where they are to be kept, keeps them: in the transaction of the change. Where
/// they are not, numbers are set aside in blocks, so that after a kill none is given out twice.
/// </summary>
internal sealed class SqliteEventLog(SqliteWriteSession session, BuildDataOptions options)
{
    private const long Block = 1 << 20;

    // Each batch removes more than it adds, so that what has expired is gone in the end, and little enough to hold nobody up.
    private const int LeastExpired = 32;

    private long _setAside;
    private DateTimeOffset? _oldest;

    /// <summary>The sequence number of the last committed event.</summary>
    public long Sequence { get; private set; }

    public bool KeepsEvents => options.EventsKept is not null;

    /// <summary>Finds where numbers go on.</summary>
    public void Open()
    {
        session.Begin();
        EventLogRange range = Result(EventLog.Range(session, CancellationToken.None));
        Sequence = range.Last;
        if (KeepsEvents)
        {
            // Whatever the oldest is, the first batch looks at it.
            _oldest = range.Oldest is null ? null : DateTimeOffset.MinValue;
        }
        else
        {
            // What happens from now on is not kept, so nobody could go on from before.
            Complete(session.Execute("DELETE FROM events"));
            SetAside(Sequence + Block);
            _setAside = Sequence + Block;
        }

        session.Commit();
    }

    /// <summary>Numbers the events of a transaction, before its commit; the number of the first.</summary>
    public long Append(UpdateScope scope)
    {
        long first = Sequence + 1;
        if (options.EventsKept is not { } age)
        {
            if (Sequence + scope.EventCount > _setAside)
                SetAside(Sequence + scope.EventCount + Block);
            return first;
        }

        DateTimeOffset now = scope.Now;
        foreach (StoredEvent e in scope.StoredEvents(first))
            Complete(EventLog.Append(session, e));
        _oldest ??= scope.EventCount > 0 ? now : null;
        DateTimeOffset before = EventLog.ExpiredBefore(now, age);
        if (_oldest < before)
            _oldest = Result(EventLog.Expire(session, before, Math.Max(LeastExpired, 2 * scope.EventCount))) ?? now;
        return first;
    }

    /// <summary>The transaction is committed.</summary>
    public void Committed(int events)
    {
        Sequence += events;
        if (!KeepsEvents && Sequence > _setAside)
            _setAside = Sequence + Block;
    }

    /// <summary>The transaction was undone.</summary>
    public void Undone()
    {
        // What was learned of the oldest event may have been undone as well.
        if (_oldest is not null)
            _oldest = DateTimeOffset.MinValue;
    }

    /// <summary>Notes where numbers are to go on, in the last transaction.</summary>
    public void Close()
    {
        if (!KeepsEvents)
            SetAside(Sequence);
    }

    private void SetAside(long position) => Complete(session.Execute("UPDATE event_log SET position = $1", position));

    // The driver is synchronous, so the session's tasks are complete when they are returned.
    private static T Result<T>(ValueTask<T> task) => task.GetAwaiter().GetResult();

    private static void Complete(ValueTask task) => task.GetAwaiter().GetResult();
}
