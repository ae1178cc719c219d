namespace BuildData;

/// <summary>The exception that ends a subscription whose buffer has overflowed, because the subscriber has read its events too slowly.</summary>
/// <remarks>
/// All buffered events are delivered before the exception. The events after <see cref="Cursor"/> are not delivered. The option
/// <see cref="BuildDataOptions.SubscriberBuffer"/> sets the size of the buffer.
/// </remarks>
public sealed class SubscriberLaggedException : BuildDataException
{
    internal SubscriberLaggedException(EventCursor cursor, int capacity)
        : base($"The subscriber fell more than {capacity} events behind. The last event delivered has the sequence number {cursor.Sequence}. Read faster, or set a larger {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.SubscriberBuffer)}.")
    {
        Cursor = cursor;
    }

    /// <summary>
    /// Gets the cursor of the last event that was delivered. If events are kept (<see cref="BuildDataOptions.KeepEvents"/>), another
    /// subscription can resume from this cursor.
    /// </summary>
    public EventCursor Cursor { get; }

    /// <summary>Gets the sequence number of the last event that was delivered.</summary>
    public long LastSequence => Cursor.Sequence;
}
