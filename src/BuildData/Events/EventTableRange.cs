namespace BuildData.Events;

/// <summary>Describes where the kept events begin and end. Dapper sets the properties.</summary>
internal sealed class EventTableRange
{
    /// <summary>Gets the recorded position: all sequence numbers up to it may have been assigned. Later ones may have been assigned too.</summary>
    public long Position { get; init; }

    /// <summary>The value of <see cref="First"/> after kept events have been removed.</summary>
    public const long Removed = 0;

    /// <summary>
    /// Gets the sequence number of the first event that was or will be kept, or <see cref="Removed"/>. If numbers have gaps, a value
    /// other than <see cref="Removed"/> has no further meaning.
    /// </summary>
    public long First { get; init; }

    /// <summary>Gets the sequence number of the oldest kept event; null if no event is kept.</summary>
    public long? Oldest { get; init; }

    /// <summary>Gets the sequence number of the newest kept event; null if no event is kept.</summary>
    public long? Newest { get; init; }

    /// <summary>Gets the last sequence number that may have been assigned.</summary>
    public long Last => Math.Max(Position, Newest ?? 0);

    /// <summary>Gets whether all events from the first one on are kept.</summary>
    public bool BeginsWithFirst => (Oldest ?? Last + 1) == First;

    /// <summary>Returns whether all events after a number are kept, in a store whose numbers have gaps although no event is missing.</summary>
    public bool HasAllAfter(long sequence) => sequence <= Last && (First != Removed || sequence >= Earliest);

    /// <summary>Gets the lowest sequence number after which all events are kept.</summary>
    public long Earliest => Oldest - 1 ?? Last;
}
