using System.Threading.Channels;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;

namespace BuildData;

/// <summary>
/// Provides subscriptions to committed changes. An event announces one change of one resource, and contains the values that the change has
/// written. Every event is published exactly once, in commit order. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A slow subscriber never delays an update, because each subscription has its own buffer
/// (<see cref="BuildDataOptions.SubscriberBuffer"/>).
/// </para>
/// <para>
/// A pattern is a path in which <c>*</c> stands for any segment, such as <c>/builds/*/steps/*</c> or <c>/buildsets/7</c>. The paths of
/// events contain ids, not names. A subscription receives an event once, even if several paths of the event match.
/// </para>
/// <para>
/// A pattern can have a query string. <c>?property=owner</c> adds the property <c>owner</c> to the builds and build requests in events. For
/// several properties, repeat the parameter: <c>?property=a&amp;property=b</c>. <c>?property=*</c> adds all properties.
/// </para>
/// </remarks>
public sealed class EventHub
{
    // A full buffer drops the oldest event, so it is never an error.
    private static readonly BoundedChannelOptions SignalBufferOptions = new(1) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.DropOldest };

    // The hub checks the arguments and creates subscriptions. EventDispatcher delivers the events. Its comments explain the locks.
    private readonly Telemetry _telemetry;
    private readonly BoundedChannelOptions _bufferOptions;
    private readonly string? _readOnlyStore;

    internal EventHub(ResourceCatalog catalog, Telemetry telemetry, int capacity, string? readOnlyStore, LastPublicEventCursorTracker lastPublic)
    {
        LastPublic = lastPublic;
        Dispatcher = new EventDispatcher(catalog, telemetry, lastPublic);
        _telemetry = telemetry;
        _bufferOptions = new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true };
        _readOnlyStore = readOnlyStore;
    }

    /// <summary>Gets the object that delivers published events to subscriptions.</summary>
    internal EventDispatcher Dispatcher { get; }

    /// <summary>
    /// Gets the reader of kept events, which are stored in the table of events. Null if <see cref="BuildDataOptions.KeepEvents"/> was not
    /// called.
    /// </summary>
    internal KeptEventReader? KeptEvents { get; init; }

    /// <summary>
    /// Gets the tracker of the last public event. An event is public if subscriptions can receive it; other events are only for watches.
    /// </summary>
    internal LastPublicEventCursorTracker LastPublic { get; }

    /// <summary>
    /// Gets the sequence number of the last public event. An event is public if subscriptions can receive it; other events are only for watches.
    /// </summary>
    /// <remarks>
    /// <para>The number is available once the store is open. A subscription to all events receives the event with this number. Therefore
    /// code can read the subscription until this event arrives. There is one exception. After the database has lost events
    /// (<see cref="EventsLostException"/>), the number can for a short time belong to an event that subscriptions do not receive.</para>
    /// <para>The number includes the events of a completed update of this master, unless earlier updates are still being committed. The
    /// number includes an event of another master once this master has received the event.</para>
    /// </remarks>
    public long LastSequence => LastPublic.Cursor.Sequence;

    /// <summary>
    /// Gets the cursor of the last public event: the sequence number and the time of the event. All subscriptions can receive public
    /// events. Only watches receive other events. If <see cref="BuildDataOptions.KeepEvents"/> was called, a subscription can resume after
    /// this cursor. The event of the cursor is kept at least until a later public event is published.
    /// </summary>
    /// <inheritdoc cref="LastSequence"/>
    public EventCursor LastCursor => LastPublic.Cursor;

    /// <summary>Subscribes to the changes that are committed on a path from now on.</summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <returns>The subscription. Dispose it to end it.</returns>
    /// <exception cref="InvalidPathException">The pattern is malformed, or no events are published on such a path.</exception>
    /// <exception cref="InvalidQueryException">
    /// The query string is malformed, selects more than 1,024 properties, or has a parameter other than <c>property</c>. This exception is
    /// also thrown if the resources of the path have no properties.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An event name is unknown on the path. This exception is also thrown if there are no patterns, too many patterns or too many event
    /// names.
    /// </exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Subscription Subscribe(string pattern, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], eventNames);

    /// <summary>Subscribes to the changes that are committed on several paths from now on. All events arrive in commit order.</summary>
    /// <param name="patterns">From 1 to 1,024 paths in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(IReadOnlyCollection<string> patterns, params IReadOnlyCollection<string> eventNames) =>
        SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, patterns, eventNames));

    /// <summary>
    /// Subscribes to the changes on a path that were committed after an event. The subscription first returns kept events, which
    /// <see cref="BuildDataOptions.KeepEvents"/> stores in the database. Then the subscription returns new events, with no gap and no
    /// repetition. This also works after a restart of the process.
    /// </summary>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <remarks>
    /// Reading the subscription throws <see cref="CursorExpiredException"/> if some events after the cursor are no longer kept. Reading
    /// throws <see cref="EventsLostException"/> if the database has lost events or was replaced by an older copy. If the cursor is a
    /// sequence number without a time, such a loss is not always detected. Therefore prefer a cursor with a time.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Events are not kept: <see cref="BuildDataOptions.KeepEvents"/> was not called.</exception>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription Subscribe(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames) =>
        Subscribe([pattern], after, eventNames);

    /// <summary>Subscribes to the changes on several paths that were committed after an event. All events arrive in commit order.</summary>
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
            ?? throw new ArgumentException($"No events are published for {typeof(T).Name} resources. Source stamps can be followed with Watch.");
        return new Subscription<T>(SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, [type.EventPatterns[0]], [], typeof(T))));
    }

    /// <summary>Subscribes to the changes of resources of one type that are committed on a path from now on.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(SubscribeFromNow(SubscriptionFilter.Parse(Dispatcher.Catalog, [pattern], eventNames, typeof(T))));

    /// <summary>Subscribes to the changes of resources of one type on a path that were committed after an event.</summary>
    /// <typeparam name="T">The resource type, such as <see cref="Step"/>.</typeparam>
    /// <param name="pattern">A path in which <c>*</c> stands for any segment.</param>
    /// <param name="after">The <see cref="DataEvent.Cursor"/> or the sequence number of the last event that was handled.</param>
    /// <param name="eventNames">The names of the events to receive, at most 64. If empty, all events are received.</param>
    /// <inheritdoc cref="Subscribe(string, EventCursor, IReadOnlyCollection{string})"/>
    public Subscription<T> Subscribe<T>(string pattern, EventCursor after, params IReadOnlyCollection<string> eventNames)
        where T : class =>
        new(SubscribeAfter(SubscriptionFilter.Parse(Dispatcher.Catalog, [pattern], eventNames, typeof(T)), after));

    /// <summary>Begins a subscription. The subscription receives the events that are committed from now on and pass the filter.</summary>
    internal Subscription SubscribeFromNow(SubscriptionFilter filter)
    {
        ThrowIfReadOnly();
        var buffer = new SubscriptionBuffer(filter, _bufferOptions, _telemetry, catchUp: null);
        Dispatcher.Attach(buffer, isResumed: false);
        return new Subscription(Dispatcher, buffer, _telemetry, catchUp: null);
    }

    /// <summary>Begins a signal for the events that are committed from now on and pass the filter.</summary>
    internal ChangeSignal SignalFromNow(SubscriptionFilter filter)
    {
        ThrowIfReadOnly();
        var buffer = new SubscriptionBuffer(filter, SignalBufferOptions, _telemetry, catchUp: null);
        Dispatcher.Attach(buffer, isResumed: false);
        return new ChangeSignal(Dispatcher, buffer);
    }

    private Subscription SubscribeAfter(SubscriptionFilter filter, EventCursor after)
    {
        ThrowIfReadOnly();
        if (KeptEvents is null)
            throw new InvalidOperationException($"A subscription can't resume, because events are not kept. Call {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.KeepEvents)}.");
        ObjectDisposedException.ThrowIf(Dispatcher.HasEnded, this);
        var catchUp = new CatchUpReader(KeptEvents, Dispatcher, after);
        return new Subscription(Dispatcher, new SubscriptionBuffer(filter, _bufferOptions, _telemetry, catchUp), _telemetry, catchUp);
    }

    private void ThrowIfReadOnly()
    {
        if (_readOnlyStore is not null)
            throw new StoreReadOnlyException(_readOnlyStore);
    }
}
