using System.Diagnostics.CodeAnalysis;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>
/// Receives events from a store, and delivers them to subscriptions. The store passes the events of its own committed transactions. If several
/// masters write, the store also passes the events of the other masters.
/// </summary>
/// <remarks>
/// Thread-safe, except that the calls of <see cref="Publish(UpdateEvents, long)"/> and its overloads must follow the order of the events'
/// sequence numbers.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
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

    /// <summary>Sets the last event that was written before the store was opened. The store calls this method once, while it opens.</summary>
    /// <param name="last">
    /// The sequence number and the time of the last event. If that event is unknown, this is the last sequence number that may have been
    /// assigned.
    /// </param>
    /// <param name="keepsEvents">Whether all events are written to the table of events, where other processes can read them.</param>
    public void Start(EventCursor last, bool keepsEvents) => Dispatcher.Start(last, keepsEvents);

    /// <summary>Publishes the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The sequence number of the first event. The store must have published all earlier events.</param>
    public void Publish(UpdateEvents events, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(events.Events, first, events.At);
    }

    /// <summary>Publishes some of the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="start">The index of the first event to publish.</param>
    /// <param name="count">The number of events to publish.</param>
    /// <param name="first">The sequence number of the first event to publish. The store must have published all earlier events.</param>
    public void Publish(UpdateEvents events, int start, int count, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(start == 0 && count == events.Count ? events.Events : events.Events.GetRange(start, count), first, events.At);
    }

    /// <summary>
    /// Publishes events that other processes have committed. The events must be in order, and the store must have published all earlier events.
    /// </summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Dispatcher.Publish(events);
    }

    /// <summary>
    /// Records that the store can't publish some committed events yet, because earlier events are still missing. After this call, the store
    /// can complete the updates of these events.
    /// </summary>
    /// <remarks>
    /// The store publishes the events later. A subscription that begins between this call and the publication does not receive the events,
    /// because they were committed before the subscription began.
    /// </remarks>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void RecordCommittedUnpublished(long first, int count) => Dispatcher.RecordCommittedUnpublished(first, count);

    /// <summary>
    /// Ends all subscriptions with <see cref="EventsLostException"/>. The store calls this method when the database has lost events, even if
    /// the lost events were never published.
    /// </summary>
    /// <param name="last">The sequence number and the time of the last event that the database still has. Later events have higher numbers.</param>
    public void EndAllAsLost(EventCursor last) => Dispatcher.EndAllAsLost(last);

    /// <summary>
    /// Returns the current time minus <paramref name="age"/>. If events are kept for this age, all events before the returned time have
    /// expired.
    /// </summary>
    public DateTimeOffset ExpiredBefore(TimeSpan age) => EventTable.OldestTimeToKeep(_clock.GetUtcNow(), age);

    /// <summary>
    /// Removes expired events from the table of events, oldest first, in the transaction of <paramref name="session"/>. Never removes the
    /// newest public event or a later event.
    /// </summary>
    /// <remarks>An event has also expired if a later event has expired.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="before">The time before which events have expired.</param>
    /// <param name="most">The maximum number of sequence numbers to examine, from the oldest event on.</param>
    /// <returns>Whether the table may contain more expired events.</returns>
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
