using BuildData.Events;

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
    private long _batch;
    private int _wantingProperties;
    private bool _batchBringsProperties;
    private bool _alwaysBringsProperties;
    private bool _ended;

    internal EventHub(Telemetry telemetry, int capacity, string? readOnlyStore)
    {
        _telemetry = telemetry;
        _capacity = capacity;
        _readOnlyStore = readOnlyStore;
        telemetry.Observe(this);
    }

    /// <summary>The events that are kept; null if none are.</summary>
    internal KeptEvents? Kept { get; init; }

    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>
    /// The sequence number of the last event that was announced here, once the store is open: where a follower that is new begins
    /// to count.
    /// </summary>
    public long LastSequence => Interlocked.Read(ref _sequence);

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
        Begin(Interest.Parse(patterns, eventNames));

    /// <summary>
    /// Subscribes to the changes announced on a path after a sequence number: first those that are kept, then on as they
    /// happen, with no gap and no repeat, also across restarts.
    /// </summary>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="after">
    /// The <see cref="DataEvent.Sequence"/> of the last event that was dealt with. If not all events after it are kept, the stream
    /// ends with <see cref="CursorExpiredException"/>.
    /// </param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <exception cref="InvalidOperationException">Events are not kept: <see cref="BuildDataOptions.KeepEvents"/> was not called.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(string pattern, long after, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], after, eventNames);

    /// <summary>Subscribes to the changes announced on any of several paths after a sequence number.</summary>
    /// <param name="patterns">Paths with <c>*</c> for any segment, from 1 to 1,024.</param>
    /// <param name="after">The <see cref="DataEvent.Sequence"/> of the last event that was dealt with.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, long, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, long after, params IReadOnlyCollection<string> eventNames) =>
        Resume(Interest.Parse(patterns, eventNames), after);

    /// <summary>Subscribes to all changes of resources of one type, from this call on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <exception cref="ArgumentException">Changes of such resources are not announced.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>()
        where T : class
    {
        Resource type = Catalog.All.FirstOrDefault(type => type.ResourceType == typeof(T) && type.EventPatterns.Count > 0)
            ?? throw new ArgumentException($"Changes of a {typeof(T).Name} are not announced.");
        return new Subscription<T>(Begin(Interest.Parse([type.EventPatterns[0]], [])));
    }

    /// <summary>Subscribes to the changes of resources of one type that are announced on a path, from this call on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Begin(Interest.Parse([pattern], eventNames, typeof(T))));

    /// <summary>Subscribes to the changes of resources of one type that are announced on a path after a sequence number.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path with <c>*</c> for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Sequence"/> of the last event that was dealt with.</param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <inheritdoc cref="Subscribe(string, long, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, long after, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(Resume(Interest.Parse([pattern], eventNames, typeof(T)), after));

    /// <summary>Subscribes to what is wanted, from this call on.</summary>
    internal Subscription Begin(Interest interest)
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);

        var subscription = new Subscription(this, _telemetry, interest, _capacity);
        Attach(subscription);
        return subscription;
    }

    /// <summary>Lets a subscription hear of what comes; the sequence number of the last event before that.</summary>
    internal long Attach(Subscription subscription)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, typeof(Master));
            _index.Add(subscription);
            _all.Add(subscription);
            if (subscription.Interest.WantsProperties)
            {
                // A batch under way has read no properties for this subscriber. No update that is called after this is in it.
                subscription.FirstBatch = _batchBringsProperties || _alwaysBringsProperties ? 0 : _batch + 1;
                _wantingProperties++;
            }

            subscription.BeginAt(_sequence);
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
    /// <param name="sequence">The last that has been given out.</param>
    /// <param name="bringsProperties">Whether events of builds and build requests always bring properties along.</param>
    internal void Start(long sequence, bool bringsProperties)
    {
        lock (_lock)
        {
            _sequence = sequence;
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
    internal void Publish(List<PendingEvent> events, long first)
    {
        lock (_lock)
        {
            for (int i = 0; i < events.Count; i++)
            {
                _sequence = first + i;
                if (_all.Count > 0)
                    Publish(events[i]);
            }
        }

        _telemetry.Announced(events.Count);
    }

    /// <summary>Goes on to a sequence number without the events up to it; false if there is a subscriber, who may want them.</summary>
    internal bool TrySkip(long sequence)
    {
        lock (_lock)
        {
            if (_all.Count > 0)
                return false;

            if (sequence > _sequence)
            {
                _telemetry.Announced(sequence - _sequence);
                _sequence = sequence;
            }

            return true;
        }
    }

    /// <summary>Ends all subscriptions, which have lost events, and goes on after a sequence number.</summary>
    internal void LoseEvents(long sequence)
    {
        lock (_lock)
        {
            foreach (Subscription subscription in _all.ToArray())
            {
                subscription.EndLost();
                Remove(subscription);
            }

            _sequence = sequence;
        }
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

    private Subscription Resume(Interest interest, long after)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);
        if (Kept is null)
            throw new InvalidOperationException($"Events are not kept, so no subscription can go on from before: call {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.KeepEvents)}.");
        ObjectDisposedException.ThrowIf(HasEnded, typeof(Master));
        return new Subscription(this, _telemetry, interest, _capacity, Kept, after);
    }

    private void Publish(in PendingEvent pending)
    {
        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
            _index.Find(path, _found);

        try
        {
            DataEvent? shared = null;
            bool isPublic = pending.IsPublic;
            foreach (Subscription subscription in _found)
            {
                Interest interest = subscription.Interest;
                if (subscription.HasSeen(_sequence) || subscription.FirstBatch > _batch || !interest.Wants(pending.Type, pending.Name, isPublic))
                    continue;

                DataEvent e = interest.WantsProperties && pending.Properties is not null
                    ? pending.ToDataEvent(_sequence, interest)
                    : shared ??= pending.ToDataEvent(_sequence);
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
