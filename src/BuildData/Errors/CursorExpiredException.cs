namespace BuildData;

/// <summary>
/// A subscription was to resume from a sequence number, but not all events after it are kept any more: they are older than
/// <see cref="BuildDataOptions.KeepEvents"/> allows, the store was written without keeping them, or the number lies in the gap
/// that follows a process that was killed, where events may have been lost. Read the state again, or follow it with <c>Watch</c>.
/// </summary>
public sealed class CursorExpiredException : BuildDataException
{
    internal CursorExpiredException(long after, long earliest, long latest)
        : base($"The events after sequence number {after} are not all kept: a subscription can begin after {earliest} to {latest}.")
    {
        After = after;
        Earliest = earliest;
        Latest = latest;
    }

    /// <summary>Gets the sequence number to resume from.</summary>
    public long After { get; }

    /// <summary>Gets the first sequence number that a subscription could have resumed from.</summary>
    public long Earliest { get; }

    /// <summary>Gets the sequence number of the newest event.</summary>
    public long Latest { get; }
}
