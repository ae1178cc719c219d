using BuildData.Events;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>What a store has to know of its master, and what it tells it.</summary>
public sealed class StoreContext
{
    private readonly Telemetry _telemetry;

    internal StoreContext(BuildDataOptions options, EventHub events, Telemetry telemetry)
    {
        Options = options;
        Events = events;
        _telemetry = telemetry;
        SignsOfLife = new SignsOfLife(options.Heartbeat);
    }

    /// <summary>The options. <see cref="BuildDataOptions.MasterName"/>, <c>Durability</c> and <c>TimeProvider</c> are the store's business.</summary>
    public BuildDataOptions Options { get; }

    /// <summary>Where to log.</summary>
    public ILogger Logger => _telemetry.Logger;

    /// <summary>The sequence number of the last event that was published.</summary>
    public long Published => Events.LastSequence;

    internal EventHub Events { get; }

    internal SignsOfLife SignsOfLife { get; }

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

    /// <summary>Says how many requests wait, for the meter.</summary>
    public void ObserveQueue(Func<int> depth) => _telemetry.ObserveQueue(depth);

    /// <summary>Says where sequence numbers begin.</summary>
    /// <param name="sequence">The last that has been given out.</param>
    /// <param name="keepsEvents">Whether all events are written to the table of events, from which others may read them.</param>
    public void StartEvents(long sequence, bool keepsEvents) => Events.Start(sequence, keepsEvents);

    /// <summary>Publishes the events of a transaction, which is committed.</summary>
    /// <param name="events">The events.</param>
    /// <param name="first">The sequence number of the first. All before it have been published.</param>
    public void Publish(UpdateEvents events, long first)
    {
        ArgumentNullException.ThrowIfNull(events);
        Events.Publish(events.Events, first);
    }

    /// <summary>Publishes events that were committed elsewhere, in order. All before them have been published.</summary>
    public void Publish(IReadOnlyList<StoredEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count > 0)
            Events.Publish([.. events.Select(e => e.ToEvent())], events[0].Sequence);
    }

    /// <summary>Goes on to a sequence number without the events up to it, if nobody wants them; false if somebody subscribes.</summary>
    public bool TrySkip(long sequence) => Events.TrySkip(sequence);

    /// <summary>
    /// Ends all subscriptions with <see cref="EventsLostException"/>: events were lost before they could be published, or after. The
    /// next is the one after this sequence number.
    /// </summary>
    public void EventsWereLost(long sequence) => Events.LoseEvents(sequence);

    /// <summary>
    /// An update that says that this master is there, or that it leaves. A store that several masters share writes it when it is
    /// opened, at every <see cref="BuildDataOptions.Heartbeat"/>, and when it is closed; after the first two it calls
    /// <see cref="WasHeard"/>.
    /// </summary>
    public static (StoreUpdate Update, Task Completed) SetActive(bool active)
    {
        var update = new UpdateCall<bool, Done>(MasterRows.SetActive, active, null);
        return (update, update.Task);
    }

    /// <summary>This master has said that it is there, which others can see.</summary>
    /// <param name="at">When it began to.</param>
    public void WasHeard(DateTimeOffset at) => SignsOfLife.Add(at);

    /// <summary>Tells the meter of a transaction that has ended.</summary>
    /// <param name="updates">How many updates it had.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    public void BatchEnded(int updates, Exception? error)
    {
        _telemetry.BatchEnded(updates);
        if (error is not null)
            _telemetry.BatchFailed(error, updates);
    }

    /// <summary>The time before which events have expired that are kept for so long.</summary>
    public DateTimeOffset ExpiredBefore(TimeSpan age) => EventLog.ExpiredBefore(Options.TimeProvider.GetUtcNow(), age);

    /// <summary>
    /// Removes kept events from before a time, oldest first, looking at so many at the most, in the session's transaction; the time
    /// of what is the oldest then, or null if there is no more than one.
    /// </summary>
    public static ValueTask<DateTimeOffset?> Expire(WriteSession session, DateTimeOffset before, int most) =>
        EventLog.Expire(session, before, most);

    /// <summary>The first kept events after a sequence number.</summary>
    public static ValueTask<List<StoredEvent>> ReadEvents(ReadSession session, long after, int limit, CancellationToken cancellationToken) =>
        EventLog.Read(session, after, limit, cancellationToken);
}
