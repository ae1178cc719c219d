using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Updating;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>What a store has to know of its master, and what it tells it.</summary>
public sealed class StoreContext
{
    private readonly Telemetry _telemetry;

    private readonly Func<bool, (StoreUpdate Update, Task Completed)> _heartbeatUpdate;

    internal StoreContext(
        BuildDataOptions options, EventHub events, Telemetry telemetry, Func<bool, (StoreUpdate Update, Task Completed)> heartbeatUpdate)
    {
        _heartbeatUpdate = heartbeatUpdate;
        Options = options;
        Events = events;
        _telemetry = telemetry;
        Heartbeats = new HeartbeatTracker(options.Heartbeat);
    }

    /// <summary>The options. <see cref="BuildDataOptions.MasterName"/>, <c>Durability</c> and <c>TimeProvider</c> are the store's business.</summary>
    public BuildDataOptions Options { get; }

    /// <summary>Where to log.</summary>
    public ILogger Logger => _telemetry.Logger;

    /// <summary>The sequence number of the last event that was published.</summary>
    public long Published => Events.Position;

    internal EventHub Events { get; }

    /// <summary>The resource types.</summary>
    internal ResourceCatalog Catalog => Events.Catalog;

    internal HeartbeatTracker Heartbeats { get; }

    /// <summary>Logs that the store is open.</summary>
    /// <param name="store">Its name: a file, a host and a database.</param>
    /// <param name="masterId">The id of this process's master.</param>
    public void StoreOpened(string store, long masterId) => Log.StoreOpened(Logger, store, Options.MasterName, masterId);

    /// <summary>Logs that the store is closed.</summary>
    public void StoreClosed(string store) => Log.StoreClosed(Logger, store);

    /// <summary>Logs that the store was migrated, if it was, and not made just now.</summary>
    public void StoreMigrated(string store, long from, long to)
    {
        if (from is not 0 && from != to)
            Log.StoreMigrated(Logger, store, from, to);
    }

    /// <summary>Logs that another connection has committed, so that what was held of the file was dropped.</summary>
    internal void ForeignCommit(string store) => _telemetry.LogLater(static (log, store) => Log.ForeignCommit(log, store), store);

    /// <summary>Logs that the write-ahead log could not be emptied because of readers in other processes.</summary>
    internal void LogIsTooLarge(string store, long size, long limit) =>
        _telemetry.LogLater(static (log, it) => Log.LogIsTooLarge(log, it.Store, it.Size, it.Limit), (Store: store, Size: size, Limit: limit));

    /// <summary>Logs that emptying the write-ahead log failed.</summary>
    internal void LogNotEmptied(string store, Exception error) =>
        _telemetry.LogLater(static (log, it) => Log.LogNotEmptied(log, it.Error, it.Store), (Store: store, Error: error));

    /// <summary>Logs that a transaction of the host holds the writer.</summary>
    internal void TransactionIsLong(TimeSpan time) =>
        _telemetry.LogLater(static (log, time) => Log.TransactionIsLong(log, time.TotalMilliseconds), time);

    /// <summary>Sets what measures the size of the write-ahead log in bytes, for the meter.</summary>
    internal void ObserveLog(Func<long> size) => _telemetry.ObserveLog(size);

    /// <summary>Says how many requests wait, for the meter.</summary>
    public void ObserveQueue(Func<int> depth) => _telemetry.ObserveQueue(depth);

    /// <summary>Starts the timer that ends a host's transaction after <see cref="BuildDataOptions.TransactionTimeout"/>.</summary>
    /// <param name="end">Undoes the transaction. What it is called with is what later calls of the transaction fail with.</param>
    /// <returns>The timer, to be disposed when the transaction has ended; null if there is no limit.</returns>
    public ITimer? LimitTransaction(Action<StoreException> end)
    {
        ArgumentNullException.ThrowIfNull(end);
        TimeSpan limit = Options.TransactionTimeout;
        return limit == Timeout.InfiniteTimeSpan ? null : Options.TimeProvider.CreateTimer(End, null, limit, Timeout.InfiniteTimeSpan);

        void End(object? state) => end(new StoreException(
            $"The transaction was undone because it lasted for longer than {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.TransactionTimeout)}, {limit}."));
    }

    /// <summary>Sets where sequence numbers begin.</summary>
    /// <param name="last">The last event, or the last number that may have been given out.</param>
    /// <param name="keepsEvents">Whether all events are written to the table of events, from which others may read them.</param>
    public void StartEvents(EventCursor last, bool keepsEvents) => Events.Start(last, keepsEvents);

    /// <summary>Publishes the events of a transaction, which is committed.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The sequence number of the first. All before it have been published.</param>
    public void Publish(UpdateEvents events, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(events.Events, first, events.At);
    }

    /// <summary>
    /// Notes that events are committed, and their updates may be completed, although events before them have not been published.
    /// They will be, and then these. A subscription that begins meanwhile gets those before them, but not these.
    /// </summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="count">How many they are.</param>
    public void CompletedAhead(long first, int count) => Events.CompletedAhead(first, count);

    /// <summary>Publishes some of the events of a transaction, which is committed.</summary>
    /// <param name="events">The events.</param>
    /// <param name="start">The index of the first of them.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="first">The sequence number of the first. All before it have been published.</param>
    public void Publish(UpdateEvents events, int start, int count, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(start == 0 && count == events.Count ? events.Events : events.Events.GetRange(start, count), first, events.At);
    }

    /// <summary>Whether somebody subscribes to events.</summary>
    public bool HasSubscribers => Events.HasSubscribers;

    /// <summary>Publishes events that were committed elsewhere, in order. All before them have been published.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(events);
    }

    /// <summary>
    /// Ends all subscriptions with <see cref="EventsLostException"/>: events were lost before they could be published, or after.
    /// The next event is the one after this cursor.
    /// </summary>
    public void EventsWereLost(EventCursor last) => Events.LoseEvents(last);

    /// <summary>
    /// An update that says that this master is there, or that it leaves. A store that several masters share writes it when it is
    /// opened, at every <see cref="BuildDataOptions.Heartbeat"/>, and when it is closed; after the first two it calls
    /// <see cref="HeartbeatSucceeded"/>.
    /// </summary>
    public (StoreUpdate Update, Task Completed) HeartbeatUpdate(bool active) => _heartbeatUpdate(active);

    /// <summary>This master has said that it is there, which others can see.</summary>
    /// <param name="at">When it began to.</param>
    public void HeartbeatSucceeded(DateTimeOffset at) => Heartbeats.Add(at);

    /// <summary>Measures a transaction that has ended, and logs it if it has failed.</summary>
    /// <param name="updates">How many updates it had.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    public void BatchEnded(int updates, Exception? error)
    {
        _telemetry.BatchEnded(updates);
        if (error is not null)
            _telemetry.BatchFailed(error, updates);
    }

    /// <summary>Measures updates that could not be carried out at once, because others had locked what they need.</summary>
    public void UpdatesBlocked(int count) => _telemetry.UpdatesBlocked(count);

    /// <summary>The time before which events have expired that are kept for so long.</summary>
    public DateTimeOffset ExpiredBefore(TimeSpan age) => EventTable.ExpiredBefore(Options.TimeProvider.GetUtcNow(), age);

    /// <summary>
    /// Removes kept events that have expired, oldest first, in the session's transaction. Everything before an expired event has
    /// expired too. The newest event stays.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="before">The time before which an event has expired.</param>
    /// <param name="most">How many sequence numbers to look at, and to remove, at most.</param>
    /// <returns>Whether more may have expired.</returns>
    public ValueTask<bool> Expire(WriteSession session, DateTimeOffset before, int most) =>
        EventTable.Expire(session, Catalog, before, most);

    /// <summary>The first kept events after a sequence number.</summary>
    public static ValueTask<List<StoredEvent>> ReadEvents(ReadSession session, long after, int limit, CancellationToken cancellationToken) =>
        EventTable.Read(session, after, long.MaxValue, limit, cancellationToken);
}
