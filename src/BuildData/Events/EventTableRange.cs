namespace BuildData.Events;

/// <summary>Describes which sequence numbers the kept events have. Dapper sets the properties.</summary>
internal sealed class EventTableRange
{
    /// <summary>The value of <see cref="FirstSequence"/> after kept events have been removed.</summary>
    public const long EventsRemoved = 0;

    /// <summary>Gets the recorded position. All sequence numbers up to it may have been assigned, and possibly later ones too.</summary>
    public long Position { get; init; }

    /// <summary>
    /// Gets the sequence number of the first event since events are kept, which may not exist yet. Returns <see cref="EventsRemoved"/> if
    /// kept events have been removed. If sequence numbers have gaps, only the comparison with <see cref="EventsRemoved"/> has a meaning.
    /// </summary>
    public long FirstSequence { get; init; }

    /// <summary>Gets the sequence number of the oldest kept event; null if no event is kept.</summary>
    public long? Oldest { get; init; }

    /// <summary>Gets the sequence number of the newest kept event; null if no event is kept.</summary>
    public long? Newest { get; init; }

    /// <summary>Gets the last sequence number that may have been assigned.</summary>
    public long LastAssigned => Math.Max(Position, Newest ?? 0);

    /// <summary>
    /// Gets whether no events are missing before the oldest kept event: it has the number <see cref="FirstSequence"/>, or will have it if
    /// no event is kept yet. Only for stores whose sequence numbers have no gaps.
    /// </summary>
    public bool IsBeginningKept => (Oldest ?? LastAssigned + 1) == FirstSequence;

    /// <summary>Gets the lowest sequence number after which all events are kept.</summary>
    public long EarliestCursor => Oldest - 1 ?? LastAssigned;

    /// <summary>Returns whether all events after a sequence number are kept. Only for stores whose sequence numbers have gaps.</summary>
    public bool HasAllAfter(long sequence) => sequence <= LastAssigned && (FirstSequence != EventsRemoved || sequence >= EarliestCursor);
}
