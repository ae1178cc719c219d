using System.Globalization;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters to the subscriptions in this process. Notifies the other masters after commits of this
/// process.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction. Each transaction draws its
/// tickets right before its commit.
/// </para>
/// <para>
/// Events are published in the order of their sequence numbers. A ticket is missing if its events can't be read yet, because
/// its transaction is still running. Then the events of later tickets must wait.
/// </para>
/// <para>The loop (<see cref="Run"/>) reads the events of other masters from the database, in these cases:</para>
/// <list type="bullet">
/// <item>Another master has sent a notification.</item>
/// <item><see cref="PublishCommitted"/> could not publish events at once.</item>
/// <item>A ticket is missing. Then the loop reads every few milliseconds.</item>
/// <item>A second has passed since the last read.</item>
/// </list>
/// <para>
/// <see cref="PublishCommitted"/> publishes the events of this process itself if no earlier ticket is missing. Otherwise the
/// loop publishes these events, and the task that <see cref="PublishCommitted"/> returned then completes.
/// </para>
/// </remarks>
internal sealed class EventPublishingService : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxMissingPause = TimeSpan.FromMilliseconds(20);

    // If a ticket is missing for this time, its process may have stopped in the middle of the transaction.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(5);

    // The pause after a read while nobody subscribes. With this pause, many commits cost one read.
    private static readonly TimeSpan UnobservedPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly StoredEventPublisher _tablePublisher;
    private readonly CommitNotificationListener _listener;
    private readonly CommitNotificationSender _notifier;
    private readonly StuckSessionTerminator _terminator;
    private readonly AsyncSignal _newEvents = new();
    private volatile bool _mustCheckForLostCommits;

    // The time since which an earlier ticket is missing, as Environment.TickCount64; 0 if none is missing.
    private long _missingSince;
    // The time since which reads fail, as Environment.TickCount64; 0 if the last read succeeded.
    private long _failingSince;

    // The time when stuck sessions were last ended, as Environment.TickCount64.
    private long _lastEndedAt;
    private Task _running = Task.CompletedTask;

    public EventPublishingService(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity)
    {
        _database = database;
        _context = context;
        _terminator = new StuckSessionTerminator(database);
        _tablePublisher = new StoredEventPublisher(database, context);
        _notifier = new CommitNotificationSender(database, context, identity);
        _listener = new CommitNotificationListener(database, context, identity, _newEvents, _notifier);
    }

    /// <summary>Takes the lock of this master's name, begins to listen for notifications, and starts the loop.</summary>
    /// <remarks>
    /// Must be called before this process writes events. Events that exist before the call are not published.
    /// </remarks>
    /// <exception cref="StoreInUseException">Another process holds the lock of this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        if (!await _listener.TryStart(cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(_database.Name, $"Another process is using the master name '{_context.Options.MasterName}'. Give each process a MasterName of its own.");

        await _tablePublisher.Start(cancellationToken).ConfigureAwait(false);
        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
    }

    /// <summary>
    /// Publishes events that this process has committed. All events with lower sequence numbers are published first.
    /// </summary>
    /// <remarks>A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction.</remarks>
    /// <param name="events">The events of one transaction.</param>
    /// <param name="tickets">
    /// The tickets of the transaction, in ascending order. A transaction with up to 1,024 events has one ticket.
    /// </param>
    /// <returns>
    /// A task that completes when the events are published. If nobody subscribes, the task completes at once. If the database can't be read,
    /// the task completes after about five seconds, and the events are published later.
    /// </returns>
    public ValueTask PublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        _notifier.RequestNotification();
        if (_tablePublisher.TryPublishCommitted(events, tickets))
            return ValueTask.CompletedTask;

        _newEvents.Set();
        return new ValueTask(_tablePublisher.WaitUntilPublished(tickets[^1]));
    }

    /// <summary>
    /// Requests a check whether the database has lost commits. The next call of <see cref="CheckForLostCommitsIfRequested"/>
    /// makes this check.
    /// </summary>
    /// <remarks>The library calls this method when another server may have taken over. That server may lack the latest commits.</remarks>
    public void RequestCheckForLostCommits() => _mustCheckForLostCommits = true;

    /// <summary>
    /// Checks whether the database still contains the last published event, if a check was requested. If the database has lost this event,
    /// ends all subscriptions.
    /// </summary>
    public async ValueTask CheckForLostCommitsIfRequested(CancellationToken cancellationToken)
    {
        if (!_mustCheckForLostCommits)
            return;

        // Reset before the check. A call of RequestCheckForLostCommits during this check then requests another check.
        _mustCheckForLostCommits = false;
        try
        {
            await _tablePublisher.ReadAndPublish(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _mustCheckForLostCommits = true;
            throw;
        }
    }

    /// <summary>Returns a sentence for each problem that keeps this process from publishing events in time.</summary>
    public IEnumerable<string> FindProblems()
    {
        if (!_listener.IsConnected)
            yield return "The connection that receives the notifications of other masters is lost. Their events are late by up to a second.";
        if (Volatile.Read(ref _failingSince) > 0)
            yield return "The last read of events failed. Events of other masters are late.";
        if (Volatile.Read(ref _missingSince) is > 0 and var since && Environment.TickCount64 - since is var late && late > StuckAfter.TotalMilliseconds)
            yield return string.Create(CultureInfo.InvariantCulture, $"Events are late by {late / 1000} seconds, because an earlier transaction of another process has not ended.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelIgnoringDisposedConnections().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _notifier.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _newEvents.Dispose();
        await _tablePublisher.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Reads and publishes events until the publisher is disposed.</summary>
    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        TimeSpan pause = PollInterval;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _newEvents.Wait(pause, stop).ConfigureAwait(false);
                bool isMissing = await _tablePublisher.ReadAndPublish(stop).ConfigureAwait(false);
                long missingSince = !isMissing ? 0 : _missingSince == 0 ? Environment.TickCount64 : _missingSince;
                Volatile.Write(ref _missingSince, missingSince);
                Volatile.Write(ref _failingSince, 0);
                pause = isMissing ? PauseAfter(missingSince) : PollInterval;
                if (isMissing)
                    await EndStuckBatchSessionsIfOverdue(missingSince).ConfigureAwait(false);
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
                if (_failingSince == 0)
                    Volatile.Write(ref _failingSince, Environment.TickCount64);
                Log.ReadingEventsFailed(_context.Logger, error, _database.Name);
                pause = RetryDelay;

                // Updates wait for their events, but their commits can't be undone. They must not wait for the end of an outage.
                if (Environment.TickCount64 - _failingSince > StuckAfter.TotalMilliseconds)
                    _tablePublisher.ReleaseAllWaits();
            }
        }
    }

    // The events of a missing ticket usually appear when their commit is on disk or at a replica. So the first pauses are short.
    private static TimeSpan PauseAfter(long missingSince)
    {
        var passed = TimeSpan.FromMilliseconds(Environment.TickCount64 - missingSince);
        return passed < MaxMissingPause ? TimeSpan.FromMilliseconds(1) : MaxMissingPause;
    }

    /// <summary>
    /// Ends the server sessions of processes that no longer answer. Does so only if an event could not be read for five seconds, because
    /// the transaction of the event has not ended.
    /// </summary>
    /// <param name="missingSince">
    /// The time since when the event could not be read, as <see cref="Environment.TickCount64"/>.
    /// </param>
    private async ValueTask EndStuckBatchSessionsIfOverdue(long missingSince)
    {
        long now = Environment.TickCount64;
        if (now - missingSince < StuckAfter.TotalMilliseconds || now - _lastEndedAt < StuckAfter.TotalMilliseconds)
            return;

        _lastEndedAt = now;
        long ended = await _terminator.EndStuckBatchSessions().ConfigureAwait(false);
        if (ended > 0)
            Log.StuckBatchSessionsEnded(_context.Logger, ended, _database.Name);
    }
}
