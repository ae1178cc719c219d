using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Publishes every committed change exactly once, in commit order, with the resource as it was written. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Subscribers never delay an update, because each subscription has its own buffer
/// (<see cref="BuildDataOptions.SubscriberBuffer"/>).
/// </para>
/// <para>
/// A pattern is a path in which <c>*</c> stands for any segment, such as <c>/builds/*/steps/*</c> or <c>/buildsets/7</c>. The paths of
/// events contain ids, not names. A subscription receives an event once, even if several paths of the event match.
/// </para>
/// <para>
/// The query string <c>?property=name</c> adds that property to the builds and build requests of events. It can be repeated.
/// <c>?property=*</c> adds all properties.
/// </para>
/// </remarks>
public sealed class EventHub
{
    // One lock guards all mutable fields. A store publishes under the lock, one event after the other, so every subscription sees the same
    // order. Publishing only writes to the buffers of subscriptions and never waits: a subscription whose buffer is full is ended.
    // Readers take events from their buffers without this lock.
    //
    // Attaching a subscription takes the same lock. An event is therefore either published before the subscription begins, or offered
    // to it. Two kinds of events are withheld from a new subscription: those committed before it began but published later
    // (see _committedAhead), and those of batches that have not read the properties it selects (see Subscription.FirstBatch).
    private readonly Lock _lock = new();
    private readonly SubscriptionIndex _index = new();
    private readonly HashSet<Subscription> _all = [];
    private readonly List<Subscription> _matches = [];
    private readonly Telemetry _telemetry;
    private readonly int _capacity;
    private readonly string? _readOnlyStore;
    private long _sequence;
    private long? _at;
    private long _batch;
    private int _propertySubscriptions;
    private bool _batchBringsProperties;
    private bool _alwaysBringsProperties;
    private bool _ended;

    // The ranges of events that are committed, but can't be published until earlier events have been published.
    private readonly List<(long First, long Last)> _committedAhead = [];

    internal EventHub(ResourceCatalog catalog, Telemetry telemetry, int capacity, string? readOnlyStore, LastPublicEvent lastPublic)
    {
        Catalog = catalog;
        LastPublic = lastPublic;
        _telemetry = telemetry;
        _capacity = capacity;
        _readOnlyStore = readOnlyStore;
        telemetry.Observe(Backlog);
    }

    /// <summary>Gets the history of kept events; null if events are not kept.</summary>
    internal EventHistory? Kept { get; init; }

    /// <summary>Gets the resource types.</summary>
    internal ResourceCatalog Catalog { get; }

    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Gets the tracker of the last event that a subscriber could have received.</summary>
    internal LastPublicEvent LastPublic { get; }

    /// <summary>Gets the sequence number of the last event that was published.</summary>
    internal long Position => Interlocked.Read(ref _sequence);

    /// <summary>Gets whether there are subscriptions.</summary>
    internal bool HasSubscribers
    {
        get
        {
            lock (_lock)
                return _all.Count > 0;
        }
    }

    /// <summary>
    /// Gets the sequence number of the last event that a subscriber could have received.
    /// </summary>
    /// <remarks>
    /// <para>The number is available once the store is open. It never exceeds the number of the last public event, so a reader of a
    /// subscription to all events that reads until this number does not wait in vain.</para>
    /// <para>The number includes the awaited updates of this master, unless earlier updates are still being committed. It includes
    /// updates of other masters once this master has received their events.</para>
    /// </remarks>
    public long LastSequence => LastPublic.Cursor.Sequence;

    /// <summary>
    /// Gets the cursor of the last event that a subscriber could have received. If events are kept, a new subscription can begin after
    /// this cursor, because the event is kept until a later event exists.
    /// </summary>
    /// <inheritdoc cref="LastSequence"/>
    public EventCursor LastCursor => LastPublic.Cursor;

    /// <summary>Subscribes to the changes that are committed on a path from now on.</summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <returns>The subscription. Dispose it to end it.</returns>
    /// <exception cref="InvalidPathException">The pattern is malformed, or no events are published on such a path.</exception>
    /// <exception cref="InvalidQueryException">
    /// The query string has a parameter other than <c>property</c>, or more than 1,024 properties, or the resources of the path have no
    /// properties.
    /// </exception>
    /// <exception cref="ArgumentException">No event with such a name is published on the path, or there are too many patterns or event names.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Subscription Subscribe(string pattern, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], eventNames);

    /// <summary>Subscribes to the changes that are committed on any of several paths from now on. All arrive in commit order.</summary>
    /// <param name="patterns">From 1 to 1,024 paths in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, params IReadOnlyCollection<string> eventNames) =>
        Begin(SubscriptionFilter.Parse(Catalog, patterns, eventNames));

    /// <summary>
    /// Subscribes to the changes on a path after an event. The subscription first returns the kept events, then new events, with no gap
    /// and no repetition. This also works after a restart.
    /// </summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <remarks>
    /// Reading fails with <see cref="CursorExpiredException"/> if events after the cursor are no longer kept. It fails with
    /// <see cref="EventsLostException"/> if the store lost events or its history was replaced. A sequence number has no time, so with a
    /// number this is not always detected: prefer a cursor.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Events are not kept: <see cref="BuildDataOptions.KeepEvents"/> was not called.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], after, eventNames);

    /// <summary>Subscribes to the changes on any of several paths after an event. All arrive in commit order.</summary>
    /// <param name="patterns">From 1 to 1,024 paths in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, EventCursor after, params IReadOnlyCollection<string> eventNames) =>
        Resume(SubscriptionFilter.Parse(Catalog, patterns, eventNames), after);

    /// <summary>Subscribes to all changes of resources of one type that are committed from now on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <exception cref="ArgumentException">No events are published for resources of this type.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>()
        where T : class
    {
        ResourceDefinition type = Catalog.All.FirstOrDefault(type => type.ResourceType == typeof(T) && type.EventPatterns.Count > 0)
            ?? throw new ArgumentException($"No events are published for {typeof(T).Name} resources. Builders, workers, source stamps and masters can be followed with Watch.");
        return new Subscription<T>(Begin(SubscriptionFilter.Parse(Catalog, [type.EventPatterns[0]], [])));
    }

    /// <summary>Subscribes to the changes of resources of one type that are committed on a path from now on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Begin(SubscriptionFilter.Parse(Catalog, [pattern], eventNames, typeof(T))));

    /// <summary>Subscribes to the changes of resources of one type on a path after an event.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Resume(SubscriptionFilter.Parse(Catalog, [pattern], eventNames, typeof(T)), after));

    /// <summary>Begins a subscription to the changes that are committed from now on and pass a filter.</summary>
    internal Subscription Begin(SubscriptionFilter filter)
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);

        var subscription = new Subscription(this, _telemetry, filter, _capacity);
        Attach(subscription, isResumed: false);
        return subscription;
    }

    /// <summary>Attaches a subscription: from now on the events that pass its filter are written to its buffer.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="isResumed">
    /// True if the subscription reads the earlier events from the history. False if it receives only events that are committed from now
    /// on.
    /// </param>
    /// <returns>The sequence number of the last event that was published before the subscription was attached.</returns>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    internal long Attach(Subscription subscription, bool isResumed)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _index.Add(subscription);
            _all.Add(subscription);
            if (subscription.Filter.WantsProperties)
            {
                // The running batch has not read properties, unless another subscription needed them. Skipping it loses no event that
                // the subscription was promised, because updates that are called from now on are in later batches.
                subscription.FirstBatch = _batchBringsProperties || _alwaysBringsProperties ? 0 : _batch + 1;
                _propertySubscriptions++;
            }

            subscription.BeginAt(EventCursor.Of(_sequence, _at), isResumed || _committedAhead.Count == 0 ? null : [.. _committedAhead]);
            return _sequence;
        }
    }

    /// <summary>Gets whether events of builds and build requests always contain the properties.</summary>
    internal bool AlwaysBringsProperties
    {
        get
        {
            lock (_lock)
                return _alwaysBringsProperties;
        }
    }

    /// <summary>Sets the event after which publishing begins.</summary>
    /// <param name="last">The last event, or the last number that may have been assigned.</param>
    /// <param name="bringsProperties">Whether events of builds and build requests always contain the properties.</param>
    internal void Start(EventCursor last, bool bringsProperties)
    {
        lock (_lock)
        {
            (_sequence, _at) = (last.Sequence, last.Microseconds);
            LastPublic.Skip(last);
            _alwaysBringsProperties = bringsProperties;
        }
    }

    /// <summary>Begins a batch of updates.</summary>
    /// <param name="withProperties">True if the batch reads properties even though no subscription selects them.</param>
    /// <returns>Whether the batch must read the properties of builds and build requests for its events.</returns>
    internal bool BeginBatch(bool withProperties)
    {
        lock (_lock)
        {
            _batch++;
            _batchBringsProperties = withProperties || _alwaysBringsProperties || _propertySubscriptions > 0;
            return _batchBringsProperties;
        }
    }

    /// <summary>Publishes committed events of this process.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="at">The time of their transaction, in microseconds since 1970.</param>
    internal void Publish(List<PendingEvent> events, long first, long at)
    {
        lock (_lock)
        {
            AddPublic(events, first, at);
            for (int i = 0; i < events.Count; i++)
                Publish(events[i], EventCursor.Of(first + i, at));
            RemovePublishedFromAhead();
        }

        _telemetry.Announced(events.Count);
    }

    /// <summary>Reports the last public event among committed events to <see cref="LastPublic"/>.</summary>
    /// <inheritdoc cref="Publish(List{PendingEvent}, long, long)"/>
    internal void AddPublic(List<PendingEvent> events, long first, long at)
    {
        int last = events.FindLastIndex(static e => e.IsPublic);
        if (last >= 0)
            LastPublic.Add(EventCursor.Of(first + last, at));
    }

    /// <summary>Publishes events that were read from the table of events, such as those of other masters.</summary>
    internal void Publish(IReadOnlyList<StoredEvent> events)
    {
        lock (_lock)
        {
            if (events.LastOrDefault(e => e.IsPublic(Catalog)) is { } last)
                LastPublic.Add(last.Cursor);
            if (_all.Count == 0 && events.Count > 0)
                (_sequence, _at) = (events[^1].Sequence, events[^1].At);
            else
            {
                foreach (StoredEvent e in events)
                    Publish(e.ToEvent(Catalog), e.Cursor);
            }

            RemovePublishedFromAhead();
        }

        _telemetry.Announced(events.Count);
    }

    /// <summary>Ends all subscriptions with <see cref="EventsLostException"/>, and continues to publish after an event.</summary>
    internal void LoseEvents(EventCursor last)
    {
        lock (_lock)
        {
            foreach (Subscription subscription in _all.ToArray())
            {
                subscription.EndLost();
                Remove(subscription);
            }

            (_sequence, _at) = (last.Sequence, last.Microseconds);
            _committedAhead.Clear();
            LastPublic.Skip(last);
            LastPublic.ReadLater();
        }
    }

    /// <summary>
    /// Records events whose update completes before they are published, because earlier events are not published yet. A subscription that
    /// begins in between does not receive them.
    /// </summary>
    internal void CompletedAhead(long first, int count)
    {
        lock (_lock)
            _committedAhead.Add((first, first + count - 1));
    }

    internal void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            if (!_all.Remove(subscription))
                return;

            _index.Remove(subscription);
            if (subscription.Filter.WantsProperties)
                _propertySubscriptions--;
        }
    }

    /// <summary>Ends all subscriptions. Their readers still receive the events that have been published.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (Subscription subscription in _all.ToArray())
            {
                subscription.End();
                Remove(subscription);
            }
        }
    }

    /// <summary>Gets the number of subscriptions, and the largest number of events that wait in one buffer.</summary>
    internal (int Count, int Lag) Backlog()
    {
        lock (_lock)
            return (_all.Count, _all.Count == 0 ? 0 : _all.Max(subscription => subscription.Waiting));
    }

    private Subscription Resume(SubscriptionFilter filter, EventCursor after)
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);
        if (Kept is null)
            throw new InvalidOperationException($"A subscription can't resume, because events are not kept. Call {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.KeepEvents)}.");
        ObjectDisposedException.ThrowIf(HasEnded, this);
        return new Subscription(this, _telemetry, filter, _capacity, Kept, after);
    }

    private void RemovePublishedFromAhead() => _committedAhead.RemoveAll(range => range.Last <= _sequence);

    private void Publish(in PendingEvent pending, EventCursor cursor)
    {
        (_sequence, _at) = (cursor.Sequence, cursor.Microseconds);
        if (_all.Count == 0)
            return;

        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
            _index.Find(path, _matches);

        try
        {
            // A subscription can be found on several paths of the event; HasSeen skips it the second time.
            DataEvent? shared = null;
            bool isPublic = pending.IsPublic;
            foreach (Subscription subscription in _matches)
            {
                SubscriptionFilter filter = subscription.Filter;
                if (subscription.HasSeen(_sequence) || subscription.Excludes(_sequence) || subscription.FirstBatch > _batch || !filter.Wants(pending.Type, pending.Name, isPublic))
                    continue;

                DataEvent e = filter.WantsProperties && pending.Properties is not null
                    ? pending.ToDataEvent(cursor, filter)
                    : shared ??= pending.ToDataEvent(cursor);
                if (!subscription.Offer(e))
                    Remove(subscription);
            }
        }
        finally
        {
            _matches.Clear();
        }
    }
}
