using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Announces every committed change: once, in commit order, with the resource as it was written. Subscribers never slow an
/// update: each has a buffer of its own (<see cref="BuildDataOptions.SubscriberBuffer"/>).
/// </summary>
/// <remarks>
/// A pattern is a path with <c>*</c> for any segment: <c>/builds/*/steps/*</c>, <c>/buildsets/7</c>. Events are announced under
/// ids. With <c>?property=name</c>, repeated, or <c>?property=*</c>, builds and build requests carry those properties. An event
/// comes once, however many of its paths fit.
/// </remarks>
public sealed class EventHub
{
    private readonly Lock _lock = new();
    private readonly SubscriptionIndex _index = new();
    private readonly HashSet<Subscription> _all = [];
    private readonly List<Subscription> _found = [];
    private readonly Telemetry _telemetry;
    private readonly int _capacity;
    private readonly string? _readOnlyStore;
    private long _sequence;
    private long? _at;
    private long _batch;
    private int _wantingProperties;
    private bool _batchBringsProperties;
    private bool _alwaysBringsProperties;
    private bool _ended;

    // Events that are committed, and wait for others before them to be published.
    private readonly List<(long First, long Last)> _ahead = [];

    internal EventHub(ResourceCatalog catalog, Telemetry telemetry, int capacity, string? readOnlyStore, LastPublicEvent lastPublic)
    {
        Catalog = catalog;
        LastPublic = lastPublic;
        _telemetry = telemetry;
        _capacity = capacity;
        _readOnlyStore = readOnlyStore;
        telemetry.Observe(Backlog);
    }

    /// <summary>The events that are kept; null if none are.</summary>
    internal EventHistory? Kept { get; init; }

    /// <summary>The resource types whose changes are announced.</summary>
    internal ResourceCatalog Catalog { get; }

    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>The last event that a subscriber could have received.</summary>
    internal LastPublicEvent LastPublic { get; }

    /// <summary>The sequence number of the last event that was published.</summary>
    internal long Position => Interlocked.Read(ref _sequence);

    /// <summary>Whether there are subscriptions.</summary>
    internal bool HasSubscribers
    {
        get
        {
            lock (_lock)
                return _all.Count > 0;
        }
    }

    /// <summary>
    /// Gets the sequence number of the last event that a subscriber could have received, once the store is open. A subscription
    /// that is read until this number ends, if it wants that event.
    /// </summary>
    /// <remarks>
    /// An awaited update of this master is counted, unless updates before it are still being committed. Those of other masters are
    /// counted as soon as this one has heard of them.
    /// </remarks>
    public long LastSequence => LastPublic.Cursor.Sequence;

    /// <summary>
    /// Gets the cursor of the last event that a subscriber could have received, once the store is open. The event is kept until
    /// there is a later one, so a new follower can begin here.
    /// </summary>
    /// <inheritdoc cref="LastSequence"/>
    public EventCursor LastCursor => LastPublic.Cursor;

    /// <summary>Subscribes to the changes announced on a path, from this call on.</summary>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <exception cref="InvalidPathException">No event is ever announced on such a path.</exception>
    /// <exception cref="InvalidQueryException">Something else than <c>property</c> stands behind the path, or more than 1,024 properties.</exception>
    /// <exception cref="ArgumentException">Nothing that is announced there has such an event name, or there are more than 64.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Subscription Subscribe(string pattern, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], eventNames);

    /// <summary>Subscribes to the changes announced on any of several paths, from this call on: one stream, in commit order.</summary>
    /// <param name="patterns">Paths with <c>*</c> for any segment, from 1 to 1,024.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, params IReadOnlyCollection<string> eventNames) =>
        Begin(SubscriptionFilter.Parse(Catalog, patterns, eventNames));

    /// <summary>
    /// Subscribes to the changes announced on a path after an event: first to those that are kept, then to those that follow,
    /// with no gap and no repeat, also across restarts.
    /// </summary>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="after">
    /// The <see cref="DataEvent.Cursor"/> of the last event that was handled, or its number. If not all events after it are kept,
    /// the stream ends with <see cref="CursorExpiredException"/>; if the store has another history now, with
    /// <see cref="EventsLostException"/>, which a number alone can't always tell.
    /// </param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <exception cref="InvalidOperationException">Events are not kept: <see cref="BuildDataOptions.KeepEvents"/> was not called.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], after, eventNames);

    /// <summary>Subscribes to the changes announced on any of several paths after an event.</summary>
    /// <param name="patterns">Paths with <c>*</c> for any segment, from 1 to 1,024.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> of the last event that was handled, or its number.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, EventCursor after, params IReadOnlyCollection<string> eventNames) =>
        Resume(SubscriptionFilter.Parse(Catalog, patterns, eventNames), after);

    /// <summary>Subscribes to all changes of resources of one type, from this call on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <exception cref="ArgumentException">Changes of such resources are not announced.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>()
        where T : class
    {
        ResourceDefinition type = Catalog.All.FirstOrDefault(type => type.ResourceType == typeof(T) && type.EventPatterns.Count > 0)
            ?? throw new ArgumentException($"Changes of a {typeof(T).Name} are not announced.");
        return new Subscription<T>(Begin(SubscriptionFilter.Parse(Catalog, [type.EventPatterns[0]], [])));
    }

    /// <summary>Subscribes to the changes of resources of one type that are announced on a path, from this call on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Begin(SubscriptionFilter.Parse(Catalog, [pattern], eventNames, typeof(T))));

    /// <summary>Subscribes to the changes of resources of one type that are announced on a path after an event.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> of the last event that was handled, or its number.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Resume(SubscriptionFilter.Parse(Catalog, [pattern], eventNames, typeof(T)), after));

    /// <summary>Subscribes to what is wanted, from this call on.</summary>
    internal Subscription Begin(SubscriptionFilter interest)
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);

        var subscription = new Subscription(this, _telemetry, interest, _capacity);
        Attach(subscription, isResumed: false);
        return subscription;
    }

    /// <summary>Lets a subscription hear of what comes; the sequence number of the last event before that.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="isResumed">Whether it goes on from an earlier event. Otherwise it begins with what is committed from now on.</param>
    internal long Attach(Subscription subscription, bool isResumed)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            _index.Add(subscription);
            _all.Add(subscription);
            if (subscription.Interest.WantsProperties)
            {
                // A batch under way has read no properties for this subscriber. No update that is called after this is in it.
                subscription.FirstBatch = _batchBringsProperties || _alwaysBringsProperties ? 0 : _batch + 1;
                _wantingProperties++;
            }

            subscription.BeginAt(EventCursor.Of(_sequence, _at), isResumed || _ahead.Count == 0 ? null : [.. _ahead]);
            return _sequence;
        }
    }

    /// <summary>Whether events of builds and build requests always bring properties along.</summary>
    internal bool AlwaysBringsProperties
    {
        get
        {
            lock (_lock)
                return _alwaysBringsProperties;
        }
    }

    /// <summary>Says where sequence numbers begin.</summary>
    /// <param name="last">The last event, or the last number that may have been given out.</param>
    /// <param name="bringsProperties">Whether events of builds and build requests always bring properties along.</param>
    internal void Start(EventCursor last, bool bringsProperties)
    {
        lock (_lock)
        {
            (_sequence, _at) = (last.Sequence, last.Microseconds);
            LastPublic.Skip(last);
            _alwaysBringsProperties = bringsProperties;
        }
    }

    /// <summary>Begins a batch of updates; true if events of builds and build requests are to bring properties along.</summary>
    /// <param name="withProperties">Whether they do in any case.</param>
    internal bool BeginBatch(bool withProperties)
    {
        lock (_lock)
        {
            _batch++;
            _batchBringsProperties = withProperties || _alwaysBringsProperties || _wantingProperties > 0;
            return _batchBringsProperties;
        }
    }

    /// <summary>Hands out events that are committed.</summary>
    /// <param name="events">The events, in order.</param>
    /// <param name="first">The sequence number of the first.</param>
    /// <param name="at">The time of their transaction, in microseconds since 1970.</param>
    internal void Publish(List<PendingEvent> events, long first, long at)
    {
        lock (_lock)
        {
            AddPublic(events, first, at);
            for (int i = 0; i < events.Count; i++)
                Publish(events[i], EventCursor.Of(first + i, at));
            ForgetAhead();
        }

        _telemetry.Announced(events.Count);
    }

    /// <summary>Counts the events that this process has committed, and that may have been skipped.</summary>
    /// <inheritdoc cref="Publish(List{PendingEvent}, long, long)"/>
    internal void AddPublic(List<PendingEvent> events, long first, long at)
    {
        int last = events.FindLastIndex(static e => e.IsPublic);
        if (last >= 0)
            LastPublic.Add(EventCursor.Of(first + last, at));
    }

    /// <summary>Hands out events that were committed elsewhere.</summary>
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

            ForgetAhead();
        }

        _telemetry.Announced(events.Count);
    }

    /// <summary>Ends all subscriptions, which have lost events, and goes on after an event.</summary>
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
            _ahead.Clear();
            LastPublic.Skip(last);
            LastPublic.ReadLater();
        }
    }

    /// <summary>Notes events that are committed, and are published when those before them have been.</summary>
    internal void CompletedAhead(long first, int count)
    {
        lock (_lock)
            _ahead.Add((first, first + count - 1));
    }

    internal void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            if (!_all.Remove(subscription))
                return;

            _index.Remove(subscription);
            if (subscription.Interest.WantsProperties)
                _wantingProperties--;
        }
    }

    /// <summary>Ends all subscriptions, after what has been announced.</summary>
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

    /// <summary>How many subscriptions there are, and how many events wait for the one that is furthest behind.</summary>
    internal (int Count, int Lag) Backlog()
    {
        lock (_lock)
            return (_all.Count, _all.Count == 0 ? 0 : _all.Max(subscription => subscription.Waiting));
    }

    private Subscription Resume(SubscriptionFilter interest, EventCursor after)
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);
        if (Kept is null)
            throw new InvalidOperationException($"Events are not kept, so a subscription can't resume: call {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.KeepEvents)}.");
        ObjectDisposedException.ThrowIf(HasEnded, this);
        return new Subscription(this, _telemetry, interest, _capacity, Kept, after);
    }

    private void ForgetAhead() => _ahead.RemoveAll(range => range.Last <= _sequence);

    private void Publish(in PendingEvent pending, EventCursor cursor)
    {
        (_sequence, _at) = (cursor.Sequence, cursor.Microseconds);
        if (_all.Count == 0)
            return;

        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
            _index.Find(path, _found);

        try
        {
            DataEvent? shared = null;
            bool isPublic = pending.IsPublic;
            foreach (Subscription subscription in _found)
            {
                SubscriptionFilter interest = subscription.Interest;
                if (subscription.HasSeen(_sequence) || subscription.Excludes(_sequence) || subscription.FirstBatch > _batch || !interest.Wants(pending.Type, pending.Name, isPublic))
                    continue;

                DataEvent e = interest.WantsProperties && pending.Properties is not null
                    ? pending.ToDataEvent(cursor, interest)
                    : shared ??= pending.ToDataEvent(cursor);
                if (!subscription.Offer(e))
                    Remove(subscription);
            }
        }
        finally
        {
            _found.Clear();
        }
    }
}
