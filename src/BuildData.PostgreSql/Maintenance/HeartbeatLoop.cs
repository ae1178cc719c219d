using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Events;
using BuildData.PostgreSql.Tasks;
using BuildData.PostgreSql.Writing;
using BuildData.Stores;

namespace BuildData.PostgreSql.Maintenance;

/// <summary>What is done from time to time: this master's heartbeat, and the removal of events that are old.</summary>
internal sealed class HeartbeatLoop : IAsyncDisposable
{
    // Every host has read an event by then that is not kept for longer; one that has not tells its subscribers.
    private static readonly TimeSpan MinimumRetention = TimeSpan.FromMinutes(10);

    // Of sequence numbers: the events of 64 tickets.
    private const int EventsPerDelete = 64 * Tickets.Length;

    private readonly CancellationTokenSource _stop = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly BatchScheduler _scheduler;
    private readonly Task _running;

    public HeartbeatLoop(PostgreSqlDatabase database, StoreContext context, BatchScheduler scheduler)
    {
        _database = database;
        _context = context;
        _scheduler = scheduler;
        _running = BackgroundTask.Start(Run);
    }

    /// <summary>Ends it, before its lanes are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.Stop().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Says that this master is there.</summary>
    public static async Task SendHeartbeat(StoreContext context, BatchScheduler scheduler, CancellationToken cancellationToken)
    {
        DateTimeOffset now = context.Options.TimeProvider.GetUtcNow();
        (StoreUpdate here, Task done) = context.HeartbeatUpdate(true);
        scheduler.Write(here, cancellationToken);
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
                    await Expire(_stop.Token).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // Whatever it is, the next time may be better.
                catch (Exception error) when (error is not OperationCanceledException || !_stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    Log.UpkeepFailed(_context.Logger, error);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Removes events in pieces, each a transaction of its own, so that none holds others up for long.</summary>
    internal async ValueTask Expire(CancellationToken cancellationToken)
    {
        TimeSpan age = _context.Options.EventsKept is { } kept && kept > MinimumRetention ? kept : MinimumRetention;
        DateTimeOffset before = _context.ExpiredBefore(age);
        var session = new PostgreSqlSession { Connection = await _database.Connect(cancellationToken).ConfigureAwait(false) };
        await using (session.Connection.ConfigureAwait(false))
        {
            bool more = true;
            while (more && !cancellationToken.IsCancellationRequested)
            {
                session.Add("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE");
                more = await _context.Expire(session, before, EventsPerDelete).ConfigureAwait(false);
                session.Add("COMMIT");
                await session.Flush(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
