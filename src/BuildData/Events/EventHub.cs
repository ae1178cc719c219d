using BuildData.Events;

namespace BuildData;

/// <summary>
/// Announces every committed change: once, in commit order, with the resource as it was written. Subscribers never slow an
/// update: each has a buffer of its own (<see cref="BuildDataOptions.SubscriberBuffer"/>).
/// </summary>
public sealed class EventHub
{
    private readonly Lock _lock = new();
    private readonly SubscriptionIndex _index = new();
    private readonly HashSet<Subscription> _all = [];
    private readonly List<Subscription> _found = [];
    private readonly int _capacity;
    private readonly string? _readOnlyStore;
    private long _sequence;
    private long _batch;
    private int _wantingProperties;
    private bool _ended;

    internal EventHub(int capacity, string? readOnlyStore)
    {
        _capacity = capacity;
        _readOnlyStore = readOnlyStore;
    }

    /// <summary>
    /// Subscribes to the changes announced on a path, from this call on. An event comes once, however many of its paths fit.
    /// </summary>
    /// <param name="pattern">
    /// A path with <c>*</c> for any segment: <c>/builds/*/steps/*</c>, <c>/buildsets/7</c>. Events are announced under ids.
    /// With <c>?property=name</c>, repeated, or <c>?property=*</c>, builds and build requests carry those properties.
    /// </param>
    /// <param name="eventNames">The event names that are wanted; none stands for all.</param>
    /// <exception cref="InvalidPathException">No event is ever announced on such a path.</exception>
    /// <exception cref="InvalidQueryException">Something else than <c>property</c> stands behind the path.</exception>
    /// <exception cref="ArgumentException">Nothing that is announced there has such an event name.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Subscription Subscribe(string pattern, params IReadOnlyCollection<string> eventNames)
    {
        ArgumentNullException.ThrowIfNull(eventNames);
        EventPattern parsed = EventPattern.Parse(pattern, eventNames);
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, typeof(Master));

            // A batch under way has read no properties for this subscriber. No update that is called after this is in it.
            bool wantsProperties = parsed.Properties.Count > 0;
            var subscription = new Subscription(this, parsed, eventNames, _capacity, wantsProperties ? _batch + 1 : 0);
            _index.Add(subscription);
            _all.Add(subscription);
            if (wantsProperties)
                _wantingProperties++;
            return subscription;
        }
    }

    /// <summary>Begins a batch of updates; true if events of builds and build requests are to bring properties along.</summary>
    internal bool BeginBatch()
    {
        lock (_lock)
        {
            _batch++;
            return _wantingProperties > 0;
        }
    }

    /// <summary>Hands out the events of the batch, which is committed.</summary>
    internal void Publish(List<PendingEvent> events)
    {
        lock (_lock)
        {
            foreach (PendingEvent pending in events)
            {
                _sequence++;
                if (_all.Count > 0)
                    Publish(pending);
            }
        }
    }

    internal void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            if (!_all.Remove(subscription))
                return;

            _index.Remove(subscription);
            if (subscription.Pattern.Properties.Count > 0)
                _wantingProperties--;
        }
    }

    /// <summary>Ends all subscriptions, after what has been announced.</summary>
    internal void End()
    {
        lock (_lock)
        {
            _ended = true;
            foreach (Subscription subscription in _all)
                subscription.End();
        }
    }

    private void Publish(in PendingEvent pending)
    {
        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
            _index.Find(path, _found);

        DataEvent? shared = null;
        foreach (Subscription subscription in _found)
        {
            if (subscription.HasSeen(_sequence) || subscription.FirstBatch > _batch || !subscription.Wants(pending.Name))
                continue;

            DataEvent e = subscription.Pattern.Properties.Count > 0 && pending.Properties is not null
                ? Event(pending, pending.Type.WithProperties(pending.Resource, pending.Properties.Only(subscription.Pattern.Properties)))
                : shared ??= Event(pending, pending.Resource);
            if (!subscription.Offer(e))
                Remove(subscription);
        }

        _found.Clear();
    }

    private DataEvent Event(in PendingEvent pending, object resource) =>
        new(_sequence, pending.Type, pending.Name, resource, pending.Id);
}
