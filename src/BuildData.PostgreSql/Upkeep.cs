using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>What is done from time to time: this master's heartbeat, and the removal of events that are old.</summary>
internal sealed class Upkeep : IAsyncDisposable
{
    // Every host has read an event by then that is not kept for longer; one that has not tells its subscribers.
    private static readonly TimeSpan Transport = TimeSpan.FromMinutes(10);

    // Of sequence numbers: the events of 64 tickets.
    private const int Piece = 64 * Tickets.Length;

    private readonly CancellationTokenSource _stop = new();
    private readonly Server _server;
    private readonly StoreContext _context;
    private readonly Lanes _lanes;
    private readonly Task _running;

    public Upkeep(Server server, StoreContext context, Lanes lanes)
    {
        _server = server;
        _context = context;
        _lanes = lanes;
        _running = Background.Start(Run);
    }

    /// <summary>Ends it, before its lanes are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.Stop().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Says that this master is there.</summary>
    public static async Task Beat(StoreContext context, Lanes lanes, CancellationToken cancellationToken)
    {
        DateTimeOffset now = context.Options.TimeProvider.GetUtcNow();
        (StoreUpdate here, Task done) = StoreContext.SetActive(true);
        lanes.Write(here, cancellationToken);
        await done.ConfigureAwait(false);
        context.WasHeard(now);
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
                    await Beat(_context, _lanes, _stop.Token).ConfigureAwait(false);
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
        TimeSpan age = _context.Options.EventsKept is { } kept && kept > Transport ? kept : Transport;
        DateTimeOffset before = _context.ExpiredBefore(age);
        var session = new PostgreSqlSession { Connection = await _server.Connect(cancellationToken).ConfigureAwait(false) };
        await using (session.Connection.ConfigureAwait(false))
        {
            bool more = true;
            while (more && !cancellationToken.IsCancellationRequested)
            {
                session.Add("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE");
                more = await StoreContext.Expire(session, before, Piece).ConfigureAwait(false);
                session.Add("COMMIT");
                await session.Flush(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
