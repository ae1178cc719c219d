namespace BuildData.Events;

/// <summary>
/// Tracks how far events are published, and which later events are already committed. Not thread-safe, except for
/// <see cref="Sequence"/>: <see cref="EventDispatcher"/> calls the other members under its lock.
/// </summary>
/// <remarks>
/// A store can commit events out of order, but it publishes them in order. While such events wait for earlier ones, their updates may
/// already have completed. A subscription that begins in between receives only events that are committed after it has begun. So it must
/// not receive the waiting events, although they are published later.
/// </remarks>
internal sealed class PublishedPosition
{
    // The ranges of sequence numbers of the events that are committed and wait for earlier ones.
    private readonly List<(long First, long Last)> _unpublished = [];
    private long _sequence;
    private long? _at;

    /// <summary>Gets the sequence number of the last published event. Can be called without the lock.</summary>
    public long Sequence => Interlocked.Read(ref _sequence);

    /// <summary>Gets the cursor of the last published event.</summary>
    public EventCursor Cursor => EventCursor.Of(_sequence, _at);

    /// <summary>Sets the last published event.</summary>
    public void MoveTo(EventCursor last) => (_sequence, _at) = (last.Sequence, last.Microseconds);

    /// <summary>Sets the event after which publishing continues, and forgets the committed events that were not published.</summary>
    public void Reset(EventCursor last)
    {
        MoveTo(last);
        _unpublished.Clear();
    }

    /// <summary>Records events that are committed, but can't be published until earlier events have been published.</summary>
    public void AddUnpublished(long first, int count) => _unpublished.Add((first, first + count - 1));

    /// <summary>Forgets the recorded events that are now published.</summary>
    public void ForgetPublished() => _unpublished.RemoveAll(range => range.Last <= _sequence);

    /// <summary>Returns the ranges of the recorded events; null if there are none.</summary>
    public IReadOnlyList<(long First, long Last)>? CopyUnpublished() => _unpublished.Count == 0 ? null : [.. _unpublished];
}
