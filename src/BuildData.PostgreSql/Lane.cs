using System.Threading.Channels;
using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>
/// Carries updates out: all that wait share a transaction, their reads a round trip, and their writes another with the commit.
/// </summary>
internal sealed class Lane : IAsyncDisposable
{
    private const int MostPerBatch = 512;
    private const int MostAttempts = 12;

    private readonly Channel<StoreUpdate> _queue = Channel.CreateUnbounded<StoreUpdate>(new UnboundedChannelOptions { SingleReader = true });
    private readonly StoreContext _context;
    private readonly Server _server;
    private readonly Announcer _announcer;
    private readonly WriteConnection _connection;
    private readonly Task _running;
    private volatile bool _closing;

    public Lane(Server server, StoreContext context, Announcer announcer, long masterId)
    {
        _server = server;
        _context = context;
        _announcer = announcer;
        _connection = new WriteConnection(server, context, masterId);
        _running = Run();
    }

    public int Waiting => _queue.Reader.Count;

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        update.CancelWith(cancellationToken);
        if (!_closing && _queue.Writer.TryWrite(update))
            return;

        if (!update.TryTake())
            return;
        update.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([update]);
    }

    /// <summary>Takes no more updates but one, which is the last.</summary>
    public void Close(StoreUpdate last)
    {
        _closing = true;
        _queue.Writer.TryWrite(last);
        _queue.Writer.TryComplete();
    }

    /// <summary>Finishes what was accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _queue.Writer.TryComplete();
        await _running.ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task Run()
    {
        var batch = new List<StoreUpdate>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MostPerBatch && _queue.Reader.TryRead(out StoreUpdate? update))
            {
                if (update.TryTake())
                    batch.Add(update);
            }

            if (batch.Count == 0)
                continue;

            StoreUpdate[] updates = [.. batch];
            batch.Clear();
            await Run(updates).ConfigureAwait(false);
            StoreRequest.CompleteAll(updates);
        }
    }

    /// <summary>Runs updates in one transaction or, if one of them fails after it has written, each in its own.</summary>
    private async ValueTask Run(StoreUpdate[] updates)
    {
        Exception? failure = null;
        try
        {
            if (!await TryRun(updates).ConfigureAwait(false) && updates.Length > 1)
            {
                foreach (StoreUpdate update in updates)
                    await Run([update]).ConfigureAwait(false);
                return;
            }
        }
#pragma warning disable CA1031 // Whatever happened to the transaction is told to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
            foreach (StoreUpdate update in updates)
            {
                if (update.Error is null)
                    update.Fail(error);
            }
        }

        _context.BatchEnded(updates.Length, failure);
    }

    /// <summary>False if the transaction was undone for an update that failed; it has its error then.</summary>
    private async ValueTask<bool> TryRun(StoreUpdate[] updates)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await _connection.Begin(CancellationToken.None).ConfigureAwait(false);
                await _connection.Scope.Prefetch(updates).ConfigureAwait(false);
                foreach (StoreUpdate update in updates)
                {
                    if (await RunOne(update).ConfigureAwait(false))
                        continue;

                    await _connection.Rollback().ConfigureAwait(false);
                    return false;
                }

                long? first = await _connection.Commit().ConfigureAwait(false);
                if (first is { } number)
                    await _announcer.Committed(_connection.Scope.TakeEvents(), number).ConfigureAwait(false);
                return true;
            }
            catch (Exception error) when (Server.IsOurs(error) || error is StoreException)
            {
                bool mayBeIn = _connection.IsCommitting && Server.IsLoss(error);
                bool again = Server.IsConflict(error)
                    ? attempt < MostAttempts
                    : attempt == 1 && !mayBeIn && Server.IsLoss(error) && _connection.Session.Connection is not null;
                if (Server.IsLoss(error))
                {
                    _connection.Scope.Undo(0);
                    await _connection.Disconnect().ConfigureAwait(false);
                }
                else
                {
                    await _connection.Rollback().ConfigureAwait(false);
                }

                if (!again)
                {
                    throw mayBeIn
                        ? new StoreException($"The connection to '{_server.Name}' was lost while an update was committed: it may be in the database, or not. {error.Message}", error)
                        : _server.Wrap(error);
                }

                if (Server.IsConflict(error))
                {
                    Log.RunAgain(_context.Logger, updates.Length, attempt, error.Message);
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt))).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>False if the update failed and the transaction has to be undone for it.</summary>
    private async ValueTask<bool> RunOne(StoreUpdate update)
    {
        int announced = _connection.Scope.EventCount;
        long writes = _connection.Session.Writes;
        await update.Run(_connection.Scope).ConfigureAwait(false);
        if (update.Error is not { } error)
            return true;

        // The transaction is of no use then, whoever's fault it was.
        if (Server.IsOurs(error))
            throw error;

        _connection.Scope.Forget(announced);
        return _connection.Session.Writes == writes;
    }
}
