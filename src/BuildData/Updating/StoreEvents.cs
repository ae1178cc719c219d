using System.Diagnostics.CodeAnalysis;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>
/// Receives the events of a store: those of committed transactions, and with several masters also those of other processes. Thread-safe,
/// except that <see cref="Publish(UpdateEvents, long)"/> and its overloads must be called in the order of the events.
/// </summary>
[Experimental(Seam.DiagnosticId)]
public sealed class StoreEvents
{
    private readonly TimeProvider _clock;

    internal StoreEvents(EventDispatcher dispatcher, TimeProvider clock)
    {
        Dispatcher = dispatcher;
        _clock = clock;
    }

    /// <summary>Gets the sequence number of the last published event.</summary>
    public long LastPublishedSequence => Dispatcher.LastPublishedSequence;

    /// <summary>Gets whether there is a subscription to events.</summary>
    public bool HasSubscribers => Dispatcher.HasSubscribers;

    internal EventDispatcher Dispatcher { get; }

    /// <summary>Sets the position at which the numbering of events starts. The store calls it once, while it opens.</summary>
    /// <param name="last">The position of the last event, or the last number that may have been assigned.</param>
    /// <param name="keepsEvents">Whether all events are written to the table of events, where other processes can read them.</param>
    public void Start(EventCursor last, bool keepsEvents) => Dispatcher.Start(last, keepsEvents);

    /// <summary>Publishes the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The sequence number of the first event. All events before it must have been published.</param>
    public void Publish(UpdateEvents events, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(events.Events, first, events.At);
    }

    /// <summary>Publishes some of the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="start">The index of the first event to publish.</param>
    /// <param name="count">The number of events to publish.</param>
    /// <param name="first">The sequence number of the first event to publish. All events before it must have been published.</param>
    public void Publish(UpdateEvents events, int start, int count, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(start == 0 && count == events.Count ? events.Events : events.Events.GetRange(start, count), first, events.At);
    }

    /// <summary>Publishes events that other processes have committed, in order. All events before them must have been published.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(events);
    }

    /// <summary>
    /// Records events of a committed transaction that can't be published yet, because earlier events are missing. The updates of the
    /// transaction may be completed.
    /// </summary>
    /// <remarks>
    /// The store publishes these events after the earlier ones. A subscription that begins before that does not receive them, because
    /// they were committed before it began.
    /// </remarks>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void RecordUnpublished(long first, int count) => Dispatcher.RecordUnpublished(first, count);

    /// <summary>
    /// Ends all subscriptions with <see cref="EventsLostException"/>. The store calls it when the database has lost events, whether or not
    /// they had been published.
    /// </summary>
    /// <param name="last">The position after which the events continue.</param>
    public void EndAllAsLost(EventCursor last) => Dispatcher.EndAllAsLost(last);

    /// <summary>Returns the time before which events have expired, if they are kept for <paramref name="age"/>.</summary>
    public DateTimeOffset ExpiredBefore(TimeSpan age) => EventTable.OldestTimeToKeep(_clock.GetUtcNow(), age);

    /// <summary>
    /// Removes expired events from the table of events, oldest first, in the session's transaction. Never removes the newest event.
    /// </summary>
    /// <remarks>All events before an expired event are treated as expired too.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="before">The time before which an event has expired.</param>
    /// <param name="most">The maximum number of sequence numbers to examine.</param>
    /// <returns>Whether more events may have expired.</returns>
    public ValueTask<bool> Expire(WriteSession session, DateTimeOffset before, int most) =>
        EventTable.RemoveExpired(session, Dispatcher.Catalog, before, most);

    /// <summary>Reads the first events after a sequence number from the table of events.</summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The sequence number.</param>
    /// <param name="limit">The maximum number of events to read.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static ValueTask<List<StoredEvent>> ReadAfter(ReadSession session, long after, int limit, CancellationToken cancellationToken) =>
        EventTable.Read(session, after, long.MaxValue, limit, cancellationToken);
}
