namespace BuildData;

/// <summary>
/// Ends a subscription whose reader fell further behind than its buffer holds. What was buffered has been delivered;
/// the events after <see cref="LastSequence"/> have not.
/// </summary>
public sealed class SubscriberLaggedException : BuildDataException
{
    internal SubscriberLaggedException(long lastSequence, int capacity)
        : base($"The subscriber fell more than {capacity} events behind; the last one delivered has the sequence number {lastSequence}.")
    {
        LastSequence = lastSequence;
    }

    /// <summary>The sequence number of the last event that was delivered.</summary>
    public long LastSequence { get; }
}
