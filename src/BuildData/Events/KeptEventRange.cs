namespace BuildData.Events;

/// <summary>
/// Describes which sequence numbers the kept events have: the events that are stored in the table of events. Dapper sets the properties.
/// </summary>
internal sealed class KeptEventRange
{
    /// <summary>The value that <see cref="FirstSequence"/> has once kept events have been removed.</summary>
    public const long EventsRemoved = 0;

    /// <summary>
    /// Gets the sequence number that the store has recorded. Each number up to it may have been assigned to an event. Later numbers may have
    /// been assigned too.
    /// </summary>
    public long Position { get; init; }

    /// <summary>
    /// Gets the sequence number of the first event that was kept or will be kept. Returns <see cref="EventsRemoved"/> if kept events have
    /// been removed. If the store's sequence numbers have gaps, use the value only to compare it with <see cref="EventsRemoved"/>.
    /// </summary>
    public long FirstSequence { get; init; }

    /// <summary>Gets the sequence number of the oldest kept event; null if no event is kept.</summary>
    public long? Oldest { get; init; }

    /// <summary>Gets the sequence number of the newest kept event; null if no event is kept.</summary>
    public long? Newest { get; init; }

    /// <summary>Gets the highest sequence number that, as far as the table shows, may have been assigned.</summary>
    public long LastAssigned => Math.Max(Position, Newest ?? 0);

    /// <summary>
    /// Gets whether the first event that was kept is still kept. True if no event was kept yet. Use this only for stores whose sequence
    /// numbers have no gaps.
    /// </summary>
    public bool IsBeginningKept => (Oldest ?? LastAssigned + 1) == FirstSequence;

    /// <summary>Gets the lowest sequence number after which all events are kept.</summary>
    public long EarliestCursor => Oldest - 1 ?? LastAssigned;

    /// <summary>Returns whether all events after a sequence number are kept. Use this only for stores whose sequence numbers have gaps.</summary>
    public bool HasAllAfter(long sequence) => sequence <= LastAssigned && (FirstSequence != EventsRemoved || sequence >= EarliestCursor);
}
