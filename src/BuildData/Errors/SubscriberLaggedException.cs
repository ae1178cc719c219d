namespace BuildData;

/// <summary>
/// Ends a subscription whose reader fell further behind than its buffer holds. What was buffered has been delivered;
/// the events after <see cref="Cursor"/> have not.
/// </summary>
public sealed class SubscriberLaggedException : BuildDataException
{
    internal SubscriberLaggedException(EventCursor cursor, int capacity)
        : base($"The subscriber fell more than {capacity} events behind; the last one delivered has the sequence number {cursor.Sequence}.")
    {
        Cursor = cursor;
    }

    /// <summary>Gets the cursor of the last event that was delivered. Where events are kept, a subscription can resume from it.</summary>
    public EventCursor Cursor { get; }

    /// <summary>Gets the sequence number of the last event that was delivered.</summary>
    public long LastSequence => Cursor.Sequence;
}
