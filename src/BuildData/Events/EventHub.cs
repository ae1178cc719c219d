using System.Threading.Channels;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;

namespace BuildData;

/// <summary>
/// Provides subscriptions to committed changes. Every committed change is published exactly once, in commit order, with the resource as
/// it was written. Thread-safe.
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
    // The hub checks the arguments and creates subscriptions. EventDispatcher delivers the events, and explains the locks.
    private readonly Telemetry _telemetry;
    private readonly BoundedChannelOptions _bufferOptions;
    private readonly string? _readOnlyStore;

    internal EventHub(ResourceCatalog catalog, Telemetry telemetry, int capacity, string? readOnlyStore, LastPublicEvent lastPublic)
    {
        LastPublic = lastPublic;
        Dispatcher = new EventDispatcher(catalog, telemetry, lastPublic);
        _telemetry = telemetry;
        _bufferOptions = new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true };
        _readOnlyStore = readOnlyStore;
    }

    /// <summary>Gets the object that delivers published events to subscriptions.</summary>
    internal EventDispatcher Dispatcher { get; }

    /// <summary>Gets the history of kept events; null if events are not kept.</summary>
    internal EventHistory? History { get; init; }

    /// <summary>Gets the tracker of the last event that a subscriber could have received.</summary>
    internal LastPublicEvent LastPublic { get; }

    /// <summary>
    /// Gets the sequence number of the last event that a subscriber could have received.
    /// </summary>
    /// <remarks>
    /// <para>The number is available once the store is open. Events that only watches receive are not counted. So code that reads a
    /// subscription to all events up to this number does not wait for an event that never comes.</para>
    /// <para>The number includes the awaited updates of this master, unless earlier updates are still being committed. It includes
    /// updates of other masters once this master has received their events.</para>
    /// </remarks>
    public long LastSequence => LastPublic.Cursor.Sequence;

    /// <summary>
    /// Gets the cursor of the last event that a subscriber could have received. If events are kept, a subscription can resume after this
    /// cursor, because its event is kept at least until a later event is published.
    /// </summary>
    /// <inheritdoc cref="LastSequence"/>
    public EventCursor LastCursor => LastPublic.Cursor;

    /// <summary>Subscribes to the changes that are committed on a path from now on.</summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <returns>The subscription. Dispose it to end it.</returns>
    /// <exception cref="InvalidPathException">The pattern is malformed, or no events are published on such a path.</exception>
    /// <exception cref="InvalidQueryException">
    /// The query string is malformed, has a parameter other than <c>property</c> or more than 1,024 properties, or the resources of the
    /// path have no properties.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// No event with such a name is published on the path, there is no pattern, or there are too many patterns or event names.
    /// </exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Subscription Subscribe(string pattern, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], eventNames);

    /// <summary>Subscribes to the changes that are committed on any of several paths from now on. All arrive in commit order.</summary>
    /// <param name="patterns">From 1 to 1,024 paths in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, params IReadOnlyCollection<string> eventNames) =>
        SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, patterns, eventNames));

    /// <summary>
    /// Subscribes to the changes on a path after an event. The subscription first returns the kept events, then new events, with no gap
    /// and no repetition. This also works after a restart.
    /// </summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <remarks>
    /// Reading fails with <see cref="CursorExpiredException"/> if events after the cursor are no longer kept. It fails with
    /// <see cref="EventsLostException"/> if the store lost events or its history was replaced. This is not always detected if the cursor is
    /// a sequence number without a time, so prefer a cursor with a time.
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
        SubscribeAfter(SubscriptionFilter.Parse(Dispatcher.Catalog, patterns, eventNames), after);

    /// <summary>Subscribes to all changes of resources of one type that are committed from now on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <exception cref="ArgumentException">No events are published for resources of this type.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>()
        where T : class
    {
        ResourceDefinition type = Dispatcher.Catalog.All.FirstOrDefault(type => type.ResourceType == typeof(T) && type.EventPatterns.Count > 0)
            ?? throw new ArgumentException($"No events are published for {typeof(T).Name} resources. Builders, workers, source stamps and masters can be followed with Watch.");
        return new Subscription<T>(SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, [type.EventPatterns[0]], [])));
    }

    /// <summary>Subscribes to the changes of resources of one type that are committed on a path from now on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, [pattern], eventNames, typeof(T))));

    /// <summary>Subscribes to the changes of resources of one type on a path after an event.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(SubscribeAfter(SubscriptionFilter.Parse(Dispatcher.Catalog, [pattern], eventNames, typeof(T)), after));

    /// <summary>Begins a subscription to the changes that are committed from now on and pass a filter.</summary>
    internal Subscription SubscribeFromNow(SubscriptionFilter filter)
    {
        ThrowIfReadOnly();
        var buffer = new SubscriptionBuffer(filter, _bufferOptions, _telemetry, kept: null);
        Dispatcher.Attach(buffer, isResumed: false);
        return new Subscription(Dispatcher, buffer, _telemetry, kept: null);
    }

    private Subscription SubscribeAfter(SubscriptionFilter filter, EventCursor after)
    {
        ThrowIfReadOnly();
        if (History is null)
            throw new InvalidOperationException($"A subscription can't resume, because events are not kept. Call {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.KeepEvents)}.");
        ObjectDisposedException.ThrowIf(Dispatcher.HasEnded, this);
        var kept = new KeptEventReader(History, Dispatcher, after);
        return new Subscription(Dispatcher, new SubscriptionBuffer(filter, _bufferOptions, _telemetry, kept), _telemetry, kept);
    }

    private void ThrowIfReadOnly()
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);
    }
}
