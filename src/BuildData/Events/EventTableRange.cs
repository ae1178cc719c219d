namespace BuildData.Events;

/// <summary>Where the log of kept events begins and ends, as Dapper maps it.</summary>
internal sealed class EventTableRange
{
    /// <summary>Up to where sequence numbers have been given out, as far as is noted.</summary>
    public long Position { get; init; }

    /// <summary>What <see cref="First"/> is once kept events have been removed.</summary>
    public const long Removed = 0;

    /// <summary>The sequence number of the first event that was ever kept, or will be. Where numbers have gaps, some other number.</summary>
    public long First { get; init; }

    /// <summary>The sequence number of the oldest event kept; null if none is.</summary>
    public long? Oldest { get; init; }

    /// <summary>The sequence number of the newest event kept; null if none is.</summary>
    public long? Newest { get; init; }

    /// <summary>The last sequence number that was given out, or may have been.</summary>
    public long Last => Math.Max(Position, Newest ?? 0);

    /// <summary>Whether all events since the beginning are kept.</summary>
    public bool BeginsWithFirst => (Oldest ?? Last + 1) == First;

    /// <summary>Whether all events after a number are kept, where numbers have gaps in which no event is missing.</summary>
    public bool HasAllAfter(long sequence) => sequence <= Last && (First != Removed || sequence >= Earliest);

    /// <summary>The first sequence number after which all events are kept.</summary>
    public long Earliest => Oldest - 1 ?? Last;
}
