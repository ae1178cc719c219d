namespace BuildData.Events;

/// <summary>
/// Tracks which event was published last, and which later events are already committed. Not thread-safe, except for
/// <see cref="LastPublishedSequence"/> and <see cref="Version"/>: <see cref="EventDispatcher"/> holds its lock when it uses the other members.
/// </summary>
/// <remarks>
/// A store can commit events out of order, but must publish events in order. Therefore a committed event can wait until earlier events are
/// published. A subscription can begin during this wait. Such a subscription must not receive the waiting event, because the event was
/// committed before the subscription began.
/// </remarks>
internal sealed class PublishedEventTracker
{
    // The ranges of sequence numbers of committed events that wait until earlier events are published.
    private readonly List<(long First, long Last)> _unpublished = [];
    private readonly string _process = Guid.NewGuid().ToString("N");
    private long _sequence;
    private long _version;
    private long? _at;

    /// <summary>Gets the sequence number of the last published event. Needs no lock.</summary>
    public long LastPublishedSequence => Interlocked.Read(ref _sequence);

    /// <summary>Gets a text that changes whenever a committed event becomes known, and never returns to an earlier text. Needs no lock.</summary>
    /// <remarks>
    /// The text has a number of its own. The sequence number would not do: it can return to an earlier value, and it stays the same while
    /// committed events wait to be published.
    /// </remarks>
    public string Version => $"{Interlocked.Read(ref _version)}-{_process}";

    /// <summary>Gets the cursor of the last published event.</summary>
    public EventCursor LastPublished => EventCursor.Of(_sequence, _at);

    /// <summary>Sets the last published event.</summary>
    public void SetLastPublished(EventCursor last)
    {
        (_sequence, _at) = (last.Sequence, last.Microseconds);
        Interlocked.Increment(ref _version);
    }

    /// <summary>Sets the last published event, and removes all ranges of events that wait to be published.</summary>
    public void RestartAfter(EventCursor last)
    {
        SetLastPublished(last);
        _unpublished.Clear();
    }

    /// <summary>Adds a range of committed events that wait until earlier events are published.</summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void AddCommittedUnpublishedRange(long first, int count)
    {
        _unpublished.Add((first, first + count - 1));
        Interlocked.Increment(ref _version);
    }

    /// <summary>Removes the ranges whose events are all published now.</summary>
    public void RemovePublishedRanges() => _unpublished.RemoveAll(range => range.Last <= _sequence);

    /// <summary>Returns a copy of the ranges of committed events that wait to be published; null if there are none.</summary>
    public IReadOnlyList<(long First, long Last)>? CopyUnpublishedRanges() => _unpublished.Count == 0 ? null : [.. _unpublished];
}
