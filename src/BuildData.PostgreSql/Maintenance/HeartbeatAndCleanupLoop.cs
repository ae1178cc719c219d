using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Events;
using BuildData.PostgreSql.Tasks;
using BuildData.PostgreSql.Writing;
using BuildData.Stores;

namespace BuildData.PostgreSql.Maintenance;

/// <summary>Writes the heartbeat of this master at a fixed interval. Removes expired events after each heartbeat.</summary>
internal sealed class HeartbeatAndCleanupLoop : IAsyncDisposable
{
    // Masters read each other's events from the table, so events are stored for at least this time. A master that has not read
    // them by then ends its subscriptions with EventsLostException.
    private static readonly TimeSpan MinimumRetention = TimeSpan.FromMinutes(10);

    // The maximum number of sequence numbers that one transaction examines: those of 64 tickets.
    private const int EventsPerDelete = 64 * TicketSequenceConverter.SequenceNumbersReservedPerTicket;

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly BatchScheduler _scheduler;
    private readonly Task _running;

    public HeartbeatAndCleanupLoop(PostgreSqlDatabase database, StoreContext context, BatchScheduler scheduler)
    {
        _database = database;
        _context = context;
        _scheduler = scheduler;
        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
    }

    /// <summary>Stops the loop. Must be called before the scheduler is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelIgnoringDisposedConnections().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>
    /// Writes a heartbeat: an update that marks this master as active at the present time. Waits until the update is committed.
    /// </summary>
    public static async Task SendHeartbeat(StoreContext context, BatchScheduler scheduler, CancellationToken cancellationToken)
    {
        DateTimeOffset now = context.Options.TimeProvider.GetUtcNow();
        (StoreUpdate heartbeat, Task done) = context.HeartbeatUpdate(true);
        scheduler.Write(heartbeat, cancellationToken);
        await done.ConfigureAwait(false);
        context.HeartbeatSucceeded(now);
    }

    private async Task Run()
    {
        using var timer = new PeriodicTimer(_context.Options.Heartbeat, _context.Options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                try
                {
                    await SendHeartbeat(_context, _scheduler, _stop.Token).ConfigureAwait(false);
                    await RemoveExpiredEvents(_stop.Token).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // One failure must not end the loop: the next heartbeat may succeed.
                catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    Log.HeartbeatOrCleanupFailed(_context.Logger, error);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>
    /// Removes expired events in several small transactions, because one large transaction would block other transactions for a long time.
    /// </summary>
    internal async ValueTask RemoveExpiredEvents(CancellationToken cancellationToken)
    {
        TimeSpan age = _context.Options.EventsKept is { } kept && kept > MinimumRetention ? kept : MinimumRetention;
        DateTimeOffset before = _context.Events.ExpiredBefore(age);
        var session = new PostgreSqlSession { Connection = await _database.Connect(cancellationToken).ConfigureAwait(false) };
        try
        {
            bool mayHaveMore = true;
            while (mayHaveMore && !cancellationToken.IsCancellationRequested)
            {
                session.Unsent.Add("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE");
                mayHaveMore = await _context.Events.Expire(session, before, EventsPerDelete).ConfigureAwait(false);
                session.Unsent.Add("COMMIT");
                await session.Send(CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            await PostgreSqlDatabase.Close(session.Connection).ConfigureAwait(false);
        }
    }
}
