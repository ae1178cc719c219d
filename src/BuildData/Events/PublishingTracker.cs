namespace BuildData.Events;

/// <summary>
/// Tracks the last published event, and the later events that are committed but not published yet. Not thread-safe, except for
/// <see cref="LastPublishedSequence"/>: <see cref="EventDispatcher"/> calls the other members only under its lock.
/// </summary>
/// <remarks>
/// A store can commit events out of order, but publishes them in order. Therefore a committed event can wait for earlier events, although
/// its update has already completed. A subscription receives only events that are committed after it has begun. If it begins while a
/// committed event waits, it must not receive that event, although the event is published later.
/// </remarks>
internal sealed class PublishingTracker
{
    // The ranges of sequence numbers of the events that are committed and wait for earlier ones.
    private readonly List<(long First, long Last)> _unpublished = [];
    private long _sequence;
    private long? _at;

    /// <summary>Gets the sequence number of the last published event. Can be called without the lock.</summary>
    public long LastPublishedSequence => Interlocked.Read(ref _sequence);

    /// <summary>Gets the cursor of the last published event.</summary>
    public EventCursor LastPublished => EventCursor.Of(_sequence, _at);

    /// <summary>Sets the last published event.</summary>
    public void SetLastPublished(EventCursor last) => (_sequence, _at) = (last.Sequence, last.Microseconds);

    /// <summary>Sets the event after which publishing continues, and removes all ranges of unpublished events.</summary>
    public void RestartAfter(EventCursor last)
    {
        SetLastPublished(last);
        _unpublished.Clear();
    }

    /// <summary>Adds a range of events that are committed, but can't be published until earlier events are published.</summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void AddUnpublishedRange(long first, int count) => _unpublished.Add((first, first + count - 1));

    /// <summary>Removes the ranges whose events are now all published.</summary>
    public void RemovePublishedRanges() => _unpublished.RemoveAll(range => range.Last <= _sequence);

    /// <summary>Returns a copy of the ranges of unpublished events; null if there are none.</summary>
    public IReadOnlyList<(long First, long Last)>? CopyUnpublishedRanges() => _unpublished.Count == 0 ? null : [.. _unpublished];
}
