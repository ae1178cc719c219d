namespace BuildData;

/// <summary>
/// A subscription was to go on from a sequence number, but not all events after it are kept any more: they are older than
/// <see cref="BuildDataOptions.KeepEvents"/> says, or the store was written without keeping them, or the number is of another
/// store. Read the state anew, or follow it with <c>Watch</c>.
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

    /// <summary>The sequence number to go on from.</summary>
    public long After { get; }

    /// <summary>The first sequence number that a subscription could have gone on from.</summary>
    public long Earliest { get; }

    /// <summary>The sequence number of the newest event.</summary>
    public long Latest { get; }
}
