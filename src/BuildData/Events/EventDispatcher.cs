using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>Publishes events: writes each event to the buffers of the subscriptions that receive the event. Thread-safe.</summary>
internal sealed class EventDispatcher
{
    // What the lock guards. _lock guards all fields, the content of _registry, _publishing and _propertyReads, and the writing side of every
    // SubscriptionBuffer. While the dispatcher holds the lock, it waits for nothing. A reader that waits for an event is woken on the
    // thread pool. Therefore the reader never runs under the lock.
    //
    // Order of locks. A store may hold its own lock when it calls the dispatcher. While the dispatcher holds _lock, it takes the lock of
    // LastPublicEventCursorTracker or of a buffer's channel. Neither calls the dispatcher while it holds its own lock. Therefore a
    // thread always takes the lock of the store first, then _lock, then one of these two.
    //
    // Order of events. Events are published under the lock, one after the other. Therefore every subscription sees the same order.
    //
    // Start of a subscription. Attach takes the same lock. Therefore each event is published either before or after Attach. The buffer receives
    // the events that are published after Attach, with two exceptions:
    // - A subscription that is not resumed does not receive events that were committed before Attach, but had to wait for earlier events (see
    //   PublishedEventTracker).
    // - A subscription that selects properties does not receive events of a batch that has not read the properties (see
    //   BuildPropertiesReadPolicy).
    private readonly Lock _lock = new();
    private readonly SubscriptionRegistry _registry = new();
    private readonly PublishedEventTracker _publishing = new();
    private readonly BuildPropertiesReadPolicy _propertyReads = new();
    private readonly Telemetry _telemetry;
    private readonly LastPublicEventCursorTracker _lastPublic;
    private bool _hasEnded;

    public EventDispatcher(ResourceCatalog catalog, Telemetry telemetry, LastPublicEventCursorTracker lastPublic)
    {
        Catalog = catalog;
        _telemetry = telemetry;
        _lastPublic = lastPublic;
        telemetry.AddSubscriberGauges(MeasureBacklog);
    }

    /// <summary>Gets the resource types.</summary>
    public ResourceCatalog Catalog { get; }

    /// <summary>Gets whether <see cref="End"/> was called.</summary>
    public bool HasEnded => Volatile.Read(ref _hasEnded);

    /// <summary>Gets the sequence number of the last published event. Takes no lock.</summary>
    public long LastPublishedSequence => _publishing.LastPublishedSequence;

    /// <summary>Gets whether there are subscriptions.</summary>
    public bool HasSubscribers
    {
        get
        {
            lock (_lock)
                return !_registry.IsEmpty;
        }
    }

    /// <summary>
    /// Gets a text that changes whenever a committed event becomes known: when it is published, or recorded as committed. The text never returns
    /// to an earlier one, and no other process has the same text. Takes no lock.
    /// </summary>
    public string Version => _publishing.Version;

    /// <summary>
    /// Gets whether every batch reads the properties of builds and build requests, even if no subscription selects properties. A batch is a
    /// group of updates in one transaction.
    /// </summary>
    public bool AllBatchesReadBuildProperties
    {
        get
        {
            lock (_lock)
                return _propertyReads.EveryBatchReadsBuildProperties;
        }
    }

    /// <summary>
    /// Sets the cursor after which the dispatcher publishes events. A cursor is the sequence number and the time of an event.
    /// </summary>
    /// <param name="last">
    /// The cursor of the last event in the store. If that event is unknown, this is the highest sequence number that the store may have
    /// assigned.
    /// </param>
    /// <param name="allBatchesReadProperties">Whether every batch must read the properties of builds and build requests.</param>
    public void Start(EventCursor last, bool allBatchesReadProperties)
    {
        lock (_lock)
        {
            _publishing.SetLastPublished(last);
            _lastPublic.MarkUnexaminedUpTo(last);
            _propertyReads.EveryBatchReadsBuildProperties = allBatchesReadProperties;
        }
    }

    /// <summary>
    /// Adds the buffer of a subscription. From now on, if a published event passes the filter of the subscription, the dispatcher writes
    /// the event to the buffer.
    /// </summary>
    /// <param name="buffer">The buffer of the subscription.</param>
    /// <param name="isResumed">
    /// True if the subscription has read earlier events from the table of events. False if the subscription must receive only events that
    /// are committed after this call.
    /// </param>
    /// <returns>The sequence number of the last event that was published before this call.</returns>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public long Attach(SubscriptionBuffer buffer, bool isResumed)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_hasEnded, typeof(EventHub));
            _registry.Add(buffer);
            EventCursor last = _publishing.LastPublished;
            buffer.StartAfter(last, isResumed ? null : _publishing.CopyUnpublishedRanges(), buffer.Filter.SelectsProperties ? _propertyReads.FirstBatchForNewSubscriptionWithProperties : 0);
            return last.Sequence;
        }
    }

    /// <summary>
    /// Removes the buffer of a subscription. The dispatcher then writes no more events to the buffer. Does nothing if the buffer was not
    /// added.
    /// </summary>
    public void Detach(SubscriptionBuffer buffer)
    {
        lock (_lock)
            _registry.Remove(buffer);
    }

    /// <summary>
    /// Begins a batch, which is a group of updates in one transaction. Decides whether the events of the batch need the properties of
    /// builds and build requests.
    /// </summary>
    /// <param name="mustReadProperties">True to read the properties even if no subscription selects properties.</param>
    /// <returns>Whether the batch must read the properties.</returns>
    public bool BeginBatch(bool mustReadProperties)
    {
        lock (_lock)
            return _propertyReads.BeginBatchAndDecide(mustReadProperties || _registry.SelectsProperties);
    }

    /// <summary>Publishes the events of a transaction that this process has committed.</summary>
    /// <param name="events">The events, in the order of their sequence numbers.</param>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970 (UTC).</param>
    public void Publish(List<UnnumberedEvent> events, long first, long at)
    {
        lock (_lock)
        {
            int last = events.FindLastIndex(static e => e.IsPublic);
            if (last >= 0)
                _lastPublic.ReportPublicEvent(EventCursor.Of(first + last, at));
            for (int i = 0; i < events.Count; i++)
                Publish(events[i], EventCursor.Of(first + i, at));
            _publishing.RemovePublishedRanges();
        }

        _telemetry.CountEvents(events.Count);
    }

    /// <summary>Publishes events that were read from the table of events, such as the events of other masters.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        lock (_lock)
        {
            if (events.LastOrDefault(e => e.IsPublic(Catalog)) is { } last)
                _lastPublic.ReportPublicEvent(last.Cursor);

            // Without subscriptions, the resources need not be read from JSON.
            if (_registry.IsEmpty && events.Count > 0)
                _publishing.SetLastPublished(events[^1].Cursor);
            else
            {
                foreach (StoredEvent e in events)
                    Publish(e.ToPendingEvent(Catalog), e.Cursor);
            }

            _publishing.RemovePublishedRanges();
        }

        _telemetry.CountEvents(events.Count);
    }

    /// <summary>
    /// Records committed events that can't be published yet, because earlier events are not published. A subscription that begins after
    /// this call does not receive the recorded events.
    /// </summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void RecordCommittedUnpublished(long first, int count)
    {
        lock (_lock)
            _publishing.AddCommittedUnpublishedRange(first, count);
    }

    /// <summary>Ends all subscriptions with <see cref="EventsLostException"/>, because the database has lost committed events.</summary>
    /// <param name="last">The cursor after which the dispatcher continues to publish events.</param>
    public void EndAllAsLost(EventCursor last)
    {
        lock (_lock)
        {
            foreach (SubscriptionBuffer buffer in _registry.RemoveAll())
                buffer.EndWithEventsLost();

            _publishing.RestartAfter(last);
            _lastPublic.MarkUnexaminedUpTo(last);
            _lastPublic.StartBackgroundSearch();
        }
    }

    /// <summary>
    /// Ends all subscriptions, and refuses new subscriptions. Readers still receive the events that are already in their buffers.
    /// </summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            foreach (SubscriptionBuffer buffer in _registry.RemoveAll())
                buffer.End();
        }
    }

    /// <summary>Returns the number of subscriptions, and the largest number of events that wait in the buffer of one subscription.</summary>
    public (int Subscribers, int LargestBacklog) MeasureBacklog()
    {
        lock (_lock)
            return (_registry.Count, _registry.LargestBacklog);
    }

    private void Publish(in UnnumberedEvent pending, EventCursor cursor)
    {
        _publishing.SetLastPublished(cursor);
        if (!_registry.IsEmpty)
            _registry.Deliver(pending, cursor, _propertyReads.BatchNumber);
    }
}
