using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>Publishes the events of all masters in this process, and notifies the other masters of this one's commits.</summary>
/// <remarks>
/// <para>
/// Events of other masters are read from the table by the loop (<see cref="Run"/>). It waits for a signal, or for a second without
/// one. The listener sets the signal when another master notifies, and <see cref="PublishCommitted"/> sets it when it needs a read.
/// While a ticket is missing, the loop reads every few milliseconds.
/// </para>
/// <para>
/// Events of this process are published by <see cref="PublishCommitted"/> if no earlier ticket is missing. Otherwise the loop
/// publishes them, and the caller of <see cref="PublishCommitted"/> waits for it.
/// </para>
/// </remarks>
internal sealed class EventPublisher : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxMissingPause = TimeSpan.FromMilliseconds(20);

    // If a ticket is missing for this time, its host may have vanished in the middle of its transaction.
    private static readonly TimeSpan VanishedAfter = TimeSpan.FromSeconds(5);

    // The pause after a read while nobody subscribes: many commits then cost one read.
    private static readonly TimeSpan UnobservedPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly OrderedEventFeed _feed;
    private readonly EventListener _listener;
    private readonly EventNotifier _notifier;
    private readonly SessionWatchdog _watchdog;
    private readonly AsyncSignal _newEvents = new();
    private volatile bool _mustCheckHistory;

    // The time when sessions of vanished hosts were last ended, as Environment.TickCount64.
    private long _lastEndedAt;
    private Task _running = Task.CompletedTask;

    public EventPublisher(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity)
    {
        _database = database;
        _context = context;
        _watchdog = new SessionWatchdog(database);
        _feed = new OrderedEventFeed(database, context);
        _listener = new EventListener(database, context, identity, _newEvents);
        _notifier = new EventNotifier(database, context, identity);
    }

    /// <summary>Begins to listen, and finds the position of the newest event. Must be called before anything is written.</summary>
    /// <exception cref="StoreInUseException">Another process has this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        if (!await _listener.Start(cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(_database.Name, $"Another process is using the master name '{_context.Options.MasterName}'. Give each process a MasterName of its own.");

        await _feed.Start(cancellationToken).ConfigureAwait(false);
        _running = BackgroundTask.Start(Run);
    }

    /// <summary>Publishes events that this process has committed, after all events with lower sequence numbers.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">The tickets of the events, in ascending order.</param>
    /// <returns>A task that completes when the events are published, or at once if nobody subscribes.</returns>
    public ValueTask PublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        _notifier.Notify();
        if (_feed.TryPublish(events, tickets))
            return ValueTask.CompletedTask;

        _newEvents.Set();
        return _feed.WaitUntilPublished(tickets[^1]);
    }

    /// <summary>Records that the database may have lost commits, for example because another server has taken over.</summary>
    public void HistoryMayHaveChanged() => _mustCheckHistory = true;

    /// <summary>
    /// Checks whether the database still has the last published event, if <see cref="HistoryMayHaveChanged"/> was called.
    /// </summary>
    public async ValueTask CheckHistory(CancellationToken cancellationToken)
    {
        if (!_mustCheckHistory)
            return;

        // Reset first: a call of HistoryMayHaveChanged during the check asks for another one.
        _mustCheckHistory = false;
        try
        {
            await _feed.ReadAndPublish(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _mustCheckHistory = true;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.Stop().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _notifier.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _newEvents.Dispose();
        await _feed.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Reads and publishes events until the publisher is disposed.</summary>
    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        long missingSince = 0;
        TimeSpan pause = PollInterval;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _newEvents.Wait(pause, stop).ConfigureAwait(false);
                bool isMissing = await _feed.ReadAndPublish(stop).ConfigureAwait(false);
                missingSince = !isMissing ? 0 : missingSince == 0 ? Environment.TickCount64 : missingSince;
                pause = isMissing ? PauseAfter(missingSince) : PollInterval;
                if (isMissing)
                    await EndVanished(missingSince).ConfigureAwait(false);
                else if (!_context.Events.HasSubscribers)
                    await Task.Delay(UnobservedPause, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // One failure must not end the loop: subscribers wait for the next events.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.ReadingEventsFailed(_context.Logger, error, _database.Name);
                pause = RetryDelay;
            }
        }
    }

    // A missing ticket usually arrives within the time of a flush to disk or to a replica, so the first reads come quickly.
    private static TimeSpan PauseAfter(long missingSince)
    {
        var passed = TimeSpan.FromMilliseconds(Environment.TickCount64 - missingSince);
        return passed < MaxMissingPause ? TimeSpan.FromMilliseconds(1) : MaxMissingPause;
    }

    /// <summary>Ends sessions of vanished hosts, if a ticket has been missing for some time.</summary>
    private async ValueTask EndVanished(long missingSince)
    {
        long now = Environment.TickCount64;
        if (now - missingSince < VanishedAfter.TotalMilliseconds || now - _lastEndedAt < VanishedAfter.TotalMilliseconds)
            return;

        _lastEndedAt = now;
        long ended = await _watchdog.EndVanishedSessions().ConfigureAwait(false);
        if (ended > 0)
            Log.VanishedSessionsEnded(_context.Logger, ended, _database.Name);
    }
}
