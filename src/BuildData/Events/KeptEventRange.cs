namespace BuildData.Events;

/// <summary>
/// Describes which sequence numbers the kept events have: the events that are stored in the table of events. Dapper sets the properties.
/// </summary>
internal sealed class KeptEventRange
{
    /// <summary>The value that <see cref="FirstSequenceEverKept"/> has once kept events have been removed.</summary>
    public const long FirstWasRemoved = 0;

    /// <summary>
    /// Gets the sequence number that the store has recorded. Each number up to it may have been assigned to an event. Later numbers may have
    /// been assigned too.
    /// </summary>
    public long RecordedSequence { get; init; }

    /// <summary>
    /// Gets the sequence number of the first event that was kept or will be kept. Returns <see cref="FirstWasRemoved"/> if kept events have
    /// been removed. If the store's sequence numbers have gaps, use the value only to compare it with <see cref="FirstWasRemoved"/>.
    /// </summary>
    public long FirstSequenceEverKept { get; init; }

    /// <summary>Gets the sequence number of the oldest kept event; null if no event is kept.</summary>
    public long? OldestSequence { get; init; }

    /// <summary>Gets the sequence number of the newest kept event; null if no event is kept.</summary>
    public long? NewestSequence { get; init; }

    /// <summary>Gets the highest sequence number that, as far as the table shows, may have been assigned.</summary>
    public long LastAssignedSequence => Math.Max(RecordedSequence, NewestSequence ?? 0);

    /// <summary>
    /// Gets whether the first event that was kept is still kept. True if no event was kept yet. Use this only for stores whose sequence
    /// numbers have no gaps.
    /// </summary>
    public bool IsFirstEventKept => (OldestSequence ?? LastAssignedSequence + 1) == FirstSequenceEverKept;

    /// <summary>Gets the lowest sequence number after which all events are kept.</summary>
    public long EarliestResumableSequence => OldestSequence - 1 ?? LastAssignedSequence;

    /// <summary>Returns whether all events after a sequence number are kept. Use this only for stores whose sequence numbers have gaps.</summary>
    public bool HasAllEventsAfter(long sequence) => sequence <= LastAssignedSequence && (FirstSequenceEverKept != FirstWasRemoved || sequence >= EarliestResumableSequence);
}
