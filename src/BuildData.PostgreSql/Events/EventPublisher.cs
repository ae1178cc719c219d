using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes all masters' events in this process, and wakes the other masters when this one has committed some. A notification only
/// wakes: events are read from the table, and polling covers for notifications that do not come.
/// </summary>
internal sealed class EventPublisher : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Vanished = TimeSpan.FromSeconds(5);

    // Nobody waits for events then.
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly OrderedEventFeed _feed;
    private readonly EventListener _listener;
    private readonly EventNotifier _notifier;
    private readonly SessionWatchdog _watchdog;
    private readonly AsyncSignal _wake = new();
    private volatile bool _inDoubt;
    private long _askedAt;
    private Task _running = Task.CompletedTask;

    public EventPublisher(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity)
    {
        _database = database;
        _context = context;
        _watchdog = new SessionWatchdog(database);
        _feed = new OrderedEventFeed(database, context);
        _listener = new EventListener(database, context, identity, _wake);
        _notifier = new EventNotifier(database, context, identity);
    }

    /// <summary>Listens, and finds out where events are; to be called before anything is written.</summary>
    /// <exception cref="StoreInUseException">Another process has this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        if (!await _listener.Start(cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(_database.Name, $"Its master '{_context.Options.MasterName}' is another process; each needs a name of its own.");

        await _feed.Start(cancellationToken).ConfigureAwait(false);
        _running = BackgroundTask.Start(Run);
    }

    /// <summary>Publishes what this process has committed, after what others have committed before it.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">Their tickets.</param>
    public ValueTask Committed(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        _notifier.Notify();
        if (_feed.TryPublish(events, tickets))
            return ValueTask.CompletedTask;

        _wake.Set();
        return _feed.AwaitPublished(tickets[^1]);
    }

    /// <summary>Notes that the database may have lost what was published last.</summary>
    public void HistoryMayHaveChanged() => _inDoubt = true;

    /// <summary>Finds out whether the database still has what was published last, if that is in doubt.</summary>
    public async ValueTask CheckHistory(CancellationToken cancellationToken)
    {
        if (!_inDoubt)
            return;

        await _feed.Look(cancellationToken).ConfigureAwait(false);
        _inDoubt = false;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.Stop().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _notifier.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
        await _feed.DisposeAsync().ConfigureAwait(false);
    }

    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        long missingSince = 0;
        TimeSpan pause = Poll;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _wake.Wait(pause, stop).ConfigureAwait(false);
                bool isMissing = await _feed.Look(stop).ConfigureAwait(false);
                missingSince = !isMissing ? 0 : missingSince == 0 ? Environment.TickCount64 : missingSince;
                pause = isMissing ? PauseAfter(missingSince) : Poll;
                if (isMissing)
                    await EndVanished(missingSince).ConfigureAwait(false);
                else if (!_context.HasSubscribers)
                    await Task.Delay(IdlePause, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, subscribers wait for what comes next.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.AnnouncedLate(_context.Logger, error, _database.Name);
                pause = Pause;
            }
        }
    }

    // A transaction that is about to commit takes as long as a flush to the disk, or to a replica.
    private static TimeSpan PauseAfter(long missingSince)
    {
        var passed = TimeSpan.FromMilliseconds(Environment.TickCount64 - missingSince);
        return passed < LongestLook ? TimeSpan.FromMilliseconds(1) : LongestLook;
    }

    private async ValueTask EndVanished(long missingSince)
    {
        long now = Environment.TickCount64;
        if (now - missingSince < Vanished.TotalMilliseconds || now - _askedAt < Vanished.TotalMilliseconds)
            return;

        _askedAt = now;
        long ended = await _watchdog.EndVanishedSessions().ConfigureAwait(false);
        if (ended > 0)
            Log.VanishedEnded(_context.Logger, ended, _database.Name);
    }
}
