namespace BuildData;

/// <summary>
/// The exception that ends a subscription which can't resume from a sequence number, because some events after it are not kept.
/// </summary>
/// <remarks>
/// The events are older than <see cref="BuildDataOptions.KeepEvents"/> allows, or the store was open without keeping events, or the
/// sequence number is in the gap that follows a killed process, where events may have been lost. Read the current state again, or
/// follow it with <c>Watch</c>.
/// </remarks>
public sealed class CursorExpiredException : BuildDataException
{
    internal CursorExpiredException(long after, long earliest, long latest)
        : base($"Some events after the sequence number {after} are not kept. Resume after a sequence number from {earliest} to {latest}, or read the current state again.")
    {
        After = after;
        Earliest = earliest;
        Latest = latest;
    }

    /// <summary>Gets the sequence number that the subscription should resume from.</summary>
    public long After { get; }

    /// <summary>Gets the earliest sequence number that a subscription could resume from at that time.</summary>
    public long Earliest { get; }

    /// <summary>Gets the sequence number of the newest event.</summary>
    public long Latest { get; }
}
