namespace BuildData.Events;

/// <summary>
/// Describes which sequence numbers may have been assigned to events, and which of these events are kept. A kept event is stored in the
/// table of events. Dapper sets the properties.
/// </summary>
internal sealed class KeptEventRange
{
    /// <summary>The value of <see cref="FirstKeptSequence"/> after kept events have been removed.</summary>
    public const long NoFirstSequence = 0;

    /// <summary>
    /// Gets the sequence number that the store has recorded in the table <c>event_log</c>. Events can have higher numbers, because the
    /// store does not record every number.
    /// </summary>
    public long SequenceInEventLog { get; init; }

    /// <summary>
    /// Gets the sequence number of the first event that the store has ever kept. If the store has kept no event yet, this is the number of
    /// the next event. The value is <see cref="NoFirstSequence"/> after kept events have been removed. If sequence numbers have gaps, the
    /// value is not exact. In that case, use the value only to compare it with <see cref="NoFirstSequence"/>.
    /// </summary>
    public long FirstKeptSequence { get; init; }

    /// <summary>Gets the sequence number of the oldest kept event; null if no event is kept.</summary>
    public long? OldestSequence { get; init; }

    /// <summary>Gets the sequence number of the newest kept event; null if no event is kept.</summary>
    public long? NewestSequence { get; init; }

    /// <summary>Gets the highest sequence number that may belong to an event, as far as the database shows.</summary>
    public long LastAssignedSequence => Math.Max(SequenceInEventLog, NewestSequence ?? 0);

    /// <summary>
    /// Gets whether the first event that was ever kept is still kept. Also true if no event was ever kept. Use this only for stores whose
    /// sequence numbers have no gaps.
    /// </summary>
    public bool IsFirstEventKept => (OldestSequence ?? LastAssignedSequence + 1) == FirstKeptSequence;

    /// <summary>Gets the lowest sequence number after which all events are kept. A subscription can resume after this number.</summary>
    public long EarliestResumableSequence => OldestSequence - 1 ?? LastAssignedSequence;

    /// <summary>
    /// Returns whether all events after a sequence number are kept. Use this only for stores whose sequence numbers have gaps.
    /// </summary>
    public bool CanResumeAfter(long sequence) => sequence <= LastAssignedSequence && (FirstKeptSequence != NoFirstSequence || sequence >= EarliestResumableSequence);
}
