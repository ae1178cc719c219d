using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Updating;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>Connects a store to its master: supplies the options and the logger, and receives events, measurements and log messages.</summary>
public sealed class StoreContext
{
    private readonly Telemetry _telemetry;

    private readonly Func<bool, (StoreUpdate Update, Task Completed)> _heartbeatUpdate;

    internal StoreContext(
        BuildDataOptions options, EventHub events, Telemetry telemetry, Func<bool, (StoreUpdate Update, Task Completed)> heartbeatUpdate)
    {
        _heartbeatUpdate = heartbeatUpdate;
        Options = options;
        Events = events.Dispatcher;
        _telemetry = telemetry;
        Heartbeats = new HeartbeatTracker(options.Heartbeat);
    }

    /// <summary>Gets the master's options. The store must apply <see cref="BuildDataOptions.MasterName"/>, <see cref="BuildDataOptions.Durability"/> and <see cref="BuildDataOptions.TimeProvider"/>.</summary>
    public BuildDataOptions Options { get; }

    /// <summary>Gets the logger.</summary>
    public ILogger Logger => _telemetry.Logger;

    /// <summary>Gets the sequence number of the last published event.</summary>
    public long LastPublishedSequence => Events.LastPublishedSequence;

    internal EventDispatcher Events { get; }

    /// <summary>Gets the resource types.</summary>
    internal ResourceCatalog Catalog => Events.Catalog;

    internal HeartbeatTracker Heartbeats { get; }

    /// <summary>Logs that the store is open.</summary>
    /// <param name="store">The store's name: a file, or a server and a database.</param>
    /// <param name="masterId">The id of this process's master.</param>
    public void StoreOpened(string store, long masterId) => Log.StoreOpened(Logger, store, Options.MasterName, masterId);

    /// <summary>Logs that the store is closed.</summary>
    public void StoreClosed(string store) => Log.StoreClosed(Logger, store);

    /// <summary>Logs that the schema was migrated. Logs nothing if the schema was up to date or has just been created.</summary>
    public void StoreMigrated(string store, long from, long to)
    {
        if (from is not 0 && from != to)
            Log.StoreMigrated(Logger, store, from, to);
    }

    /// <summary>Logs that another connection has written to the file, so that the cache was cleared.</summary>
    internal void LogForeignCommit(string store) => _telemetry.LogLater(static (log, store) => Log.ForeignCommit(log, store), store);

    /// <summary>Logs that readers in other processes prevented the write-ahead log from being emptied.</summary>
    internal void LogWalIsTooLarge(string store, long size, long limit) =>
        _telemetry.LogLater(static (log, it) => Log.LogIsTooLarge(log, it.Store, it.Size, it.Limit), (Store: store, Size: size, Limit: limit));

    /// <summary>Logs that emptying the write-ahead log failed.</summary>
    internal void LogWalNotEmptied(string store, Exception error) =>
        _telemetry.LogLater(static (log, it) => Log.LogNotEmptied(log, it.Error, it.Store), (Store: store, Error: error));

    /// <summary>Logs that a transaction of the host has occupied the writer for a long time.</summary>
    internal void LogLongTransaction(TimeSpan time) =>
        _telemetry.LogLater(static (log, time) => Log.TransactionIsLong(log, time.TotalMilliseconds), time);

    /// <summary>Returns the names of the tables in a set, with the tables of details. Every caller gets them in the same order.</summary>
    public IEnumerable<string> TableNames(TableSet tables) => Catalog.TableNames(tables);

    /// <summary>Sets the function that measures the size of the write-ahead log, in bytes, for the meter.</summary>
    internal void ObserveWal(Func<long> size) => _telemetry.AddWalSizeGauge(size);

    /// <summary>Sets the function that counts the waiting requests, for the meter.</summary>
    public void ObserveQueue(Func<int> depth) => _telemetry.AddQueueGauge(depth);

    /// <summary>Starts the timer that ends a host's transaction after <see cref="BuildDataOptions.TransactionTimeout"/>.</summary>
    /// <param name="end">Rolls the transaction back. Later calls of the transaction must fail with its argument.</param>
    /// <returns>The timer, which the caller disposes when the transaction has ended; null if there is no limit.</returns>
    public ITimer? LimitTransaction(Action<StoreException> end)
    {
        ArgumentNullException.ThrowIfNull(end);
        TimeSpan limit = Options.TransactionTimeout;
        return limit == Timeout.InfiniteTimeSpan ? null : Options.TimeProvider.CreateTimer(End, null, limit, Timeout.InfiniteTimeSpan);

        void End(object? state) => end(new StoreException(
            $"The transaction was undone because it lasted for longer than {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.TransactionTimeout)}, {limit}."));
    }

    /// <summary>Sets the position at which the numbering of events starts.</summary>
    /// <param name="last">The position of the last event, or the last number that may have been assigned.</param>
    /// <param name="keepsEvents">Whether all events are written to the table of events, where other processes can read them.</param>
    public void StartEvents(EventCursor last, bool keepsEvents) => Events.Start(last, keepsEvents);

    /// <summary>Publishes the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The sequence number of the first event. All events before it must have been published.</param>
    public void Publish(UpdateEvents events, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(events.Events, first, events.At);
    }

    /// <summary>
    /// Records events that are committed but not published yet, because earlier events have not been published. Their updates may
    /// complete.
    /// </summary>
    /// <remarks>
    /// The store publishes these events itself, after the earlier ones. A subscription that begins before that does not receive them,
    /// because they were committed before it began.
    /// </remarks>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">The number of events.</param>
    public void RecordUnpublished(long first, int count) => Events.RecordUnpublished(first, count);

    /// <summary>Publishes some of the events of a committed transaction.</summary>
    /// <param name="events">The events.</param>
    /// <param name="start">The index of the first event to publish.</param>
    /// <param name="count">The number of events to publish.</param>
    /// <param name="first">The sequence number of the first event. All events before it must have been published.</param>
    public void Publish(UpdateEvents events, int start, int count, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(start == 0 && count == events.Count ? events.Events : events.Events.GetRange(start, count), first, events.At);
    }

    /// <summary>Gets whether there is a subscription to events.</summary>
    public bool HasSubscribers => Events.HasSubscribers;

    /// <summary>Publishes events that other processes have committed, in order. All events before them must have been published.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(events);
    }

    /// <summary>
    /// Ends all subscriptions with <see cref="EventsLostException"/>, because events were lost, whether or not they had been published.
    /// </summary>
    /// <param name="last">The position after which the events continue.</param>
    public void EventsWereLost(EventCursor last) => Events.EndAllAsLost(last);

    /// <summary>
    /// Creates an update that records this master's heartbeat, or that the master has closed the store.
    /// </summary>
    /// <remarks>
    /// A store that several masters share runs this update when it is opened, at every <see cref="BuildDataOptions.Heartbeat"/>, and
    /// when it is closed. After the opening and after each heartbeat, it calls <see cref="HeartbeatSucceeded"/>.
    /// </remarks>
    /// <param name="active">True for a heartbeat; false if the master closes the store.</param>
    /// <returns>The update, and the task that completes with it.</returns>
    public (StoreUpdate Update, Task Completed) HeartbeatUpdate(bool active) => _heartbeatUpdate(active);

    /// <summary>Records that a heartbeat of this master is committed.</summary>
    /// <param name="at">The time before the heartbeat was sent.</param>
    public void HeartbeatSucceeded(DateTimeOffset at) => Heartbeats.Add(at);

    /// <summary>Measures a batch that has ended, and logs it if it has failed.</summary>
    /// <param name="updates">The number of updates in the batch.</param>
    /// <param name="error">The error; null if the batch succeeded.</param>
    public void BatchEnded(int updates, Exception? error)
    {
        _telemetry.RecordBatchSize(updates);
        if (error is not null)
            _telemetry.LogFailedBatch(error, updates);
    }

    /// <summary>Measures updates that had to wait because other transactions had locked their rows.</summary>
    public void UpdatesBlocked(int count) => _telemetry.CountBlockedUpdates(count);

    /// <summary>Returns the time before which events have expired, if they are kept for <paramref name="age"/>.</summary>
    public DateTimeOffset ExpiredBefore(TimeSpan age) => EventTable.ExpiredBefore(Options.TimeProvider.GetUtcNow(), age);

    /// <summary>
    /// Removes expired events from the table of events, oldest first, in the session's transaction. The newest event is never removed.
    /// </summary>
    /// <remarks>All events before an expired event are treated as expired too.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="before">The time before which an event has expired.</param>
    /// <param name="most">The maximum number of sequence numbers to examine and to remove.</param>
    /// <returns>Whether more events may have expired.</returns>
    public ValueTask<bool> Expire(WriteSession session, DateTimeOffset before, int most) =>
        EventTable.RemoveExpired(session, Catalog, before, most);

    /// <summary>Reads the first events after a sequence number from the table of events.</summary>
    public static ValueTask<List<StoredEvent>> ReadEvents(ReadSession session, long after, int limit, CancellationToken cancellationToken) =>
        EventTable.Read(session, after, long.MaxValue, limit, cancellationToken);
}
