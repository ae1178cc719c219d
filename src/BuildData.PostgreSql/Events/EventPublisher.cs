using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters to the subscriptions of this process. Notifies the other masters of this process's
/// commits.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events. Events are published in the order of these numbers.
/// </para>
/// <para>
/// The loop (<see cref="Run"/>) reads the events of other masters from the table. It reads when it is signalled, and after a
/// second without a signal. The listener sets the signal when another master notifies. <see cref="PublishCommitted"/> sets the
/// signal when it needs a read. While a ticket is missing, the loop reads every few milliseconds.
/// </para>
/// <para>
/// <see cref="PublishCommitted"/> publishes the events of this process itself if no earlier ticket is missing. Otherwise the
/// loop publishes these events, and the caller of <see cref="PublishCommitted"/> waits until it has.
/// </para>
/// </remarks>
internal sealed class EventPublisher : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxMissingPause = TimeSpan.FromMilliseconds(20);

    // If a ticket is missing for this time, its host may have vanished in the middle of its transaction.
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(5);

    // The pause after a read while nobody subscribes: many commits then cost one read.
    private static readonly TimeSpan UnobservedPause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly EventTablePublisher _tablePublisher;
    private readonly CommitNotificationListener _listener;
    private readonly CommitNotificationSender _notifier;
    private readonly StuckSessionTerminator _terminator;
    private readonly AsyncSignal _newEvents = new();
    private volatile bool _mustCheckForLostCommits;

    // The time when sessions of vanished hosts were last ended, as Environment.TickCount64.
    private long _lastEndedAt;
    private Task _running = Task.CompletedTask;

    public EventPublisher(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity)
    {
        _database = database;
        _context = context;
        _terminator = new StuckSessionTerminator(database);
        _tablePublisher = new EventTablePublisher(database, context);
        _listener = new CommitNotificationListener(database, context, identity, _newEvents);
        _notifier = new CommitNotificationSender(database, context, identity);
    }

    /// <summary>
    /// Takes this master's name, begins to listen for notifications, finds the newest event, and starts the loop. Must be
    /// called before this process writes events, because events up to the newest one are not published.
    /// </summary>
    /// <exception cref="StoreInUseException">Another process has this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        if (!await _listener.TryStart(cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(_database.Name, $"Another process is using the master name '{_context.Options.MasterName}'. Give each process a MasterName of its own.");

        await _tablePublisher.Start(cancellationToken).ConfigureAwait(false);
        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
    }

    /// <summary>Publishes events that this process has committed, after all events with lower sequence numbers.</summary>
    /// <param name="events">The events of one transaction.</param>
    /// <param name="tickets">The tickets that the transaction has drawn, in ascending order.</param>
    /// <returns>A task that completes when the events are published. If nobody subscribes, the task completes at once.</returns>
    public ValueTask PublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        _notifier.RequestNotification();
        if (_tablePublisher.TryPublishCommitted(events, tickets))
            return ValueTask.CompletedTask;

        _newEvents.Set();
        return _tablePublisher.WaitUntilPublished(tickets[^1]);
    }

    /// <summary>
    /// Makes the next call of <see cref="CheckForLostCommitsIfRequested"/> do its check. Called when the database may have lost
    /// commits, for example because another server has taken over.
    /// </summary>
    public void RequestLostCommitsCheck() => _mustCheckForLostCommits = true;

    /// <summary>
    /// Checks whether the database still has the last published event, if <see cref="RequestLostCommitsCheck"/> was called. If the
    /// database has lost that event, all subscriptions are ended.
    /// </summary>
    public async ValueTask CheckForLostCommitsIfRequested(CancellationToken cancellationToken)
    {
        if (!_mustCheckForLostCommits)
            return;

        // Reset first: a call of RequestLostCommitsCheck during the check asks for another one.
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
        long missingSince = 0;
        TimeSpan pause = PollInterval;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _newEvents.Wait(pause, stop).ConfigureAwait(false);
                bool isMissing = await _tablePublisher.ReadAndPublish(stop).ConfigureAwait(false);
                missingSince = !isMissing ? 0 : missingSince == 0 ? Environment.TickCount64 : missingSince;
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

    /// <summary>Ends the sessions of vanished host programs, if a ticket has been missing for five seconds.</summary>
    /// <param name="missingSince">The time when the ticket was first missed, as <see cref="Environment.TickCount64"/>.</param>
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
