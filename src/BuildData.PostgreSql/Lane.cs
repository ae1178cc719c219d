using System.Threading.Channels;
using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>
/// Carries updates out: all that wait share a transaction, their reads a round trip, and their writes another with the commit.
/// While one transaction is committed, the next has begun on another connection, with what came meanwhile.
/// </summary>
internal sealed class Lane : IAsyncDisposable
{
    private const int MostPerBatch = 512;
    private const int MostApart = 16;

    private static readonly TimeSpan MostLinger = TimeSpan.FromMilliseconds(1);

    // Not one for a single reader: that can't say how many wait.
    private readonly Channel<StoreUpdate> _queue = Channel.CreateUnbounded<StoreUpdate>();
    private readonly Guests _apart = new();
    private readonly SemaphoreSlim _places = new(MostApart, MostApart);
    private readonly Site _site;
    private readonly Batches[] _pair;
    private readonly Task _running;
    private int _usual;
    private volatile Enough? _enough;
    private volatile bool _closing;

    public Lane(Site site)
    {
        _site = site;
        _pair = [new Batches(site, isApart: false), new Batches(site, isApart: false)];
        _running = Background.Start(Run);
    }

    public int Waiting => _queue.Reader.Count;

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        update.CancelWith(cancellationToken);
        if (!_closing && _queue.Writer.TryWrite(update))
        {
            if (_enough is { } enough && _queue.Reader.Count >= enough.Count)
                enough.Reached.TrySetResult();
            return;
        }

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
        foreach (Batches batches in _pair)
            await batches.DisposeAsync().ConfigureAwait(false);
    }

    private async Task Run()
    {
        Task[] ends = [Task.CompletedTask, Task.CompletedTask];
        int[] sizes = [0, 0];
        var batch = new List<StoreUpdate>();
        for (int turn = 0; await _queue.Reader.WaitToReadAsync().ConfigureAwait(false); turn = 1 - turn)
        {
            await ends[turn].ConfigureAwait(false);
            int committing = ends[1 - turn].IsCompleted ? 0 : sizes[1 - turn];
            await WaitForCompany(committing).ConfigureAwait(false);
            while (batch.Count < MostPerBatch && _queue.Reader.TryRead(out StoreUpdate? update))
            {
                if (update.TryTake())
                    batch.Add(update);
            }

            if (batch.Count == 0)
                continue;

            // Once this transaction has its rows, what the next does with them comes after it, unless it has to be run again.
            var hasRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            sizes[turn] = batch.Count;
            ends[turn] = Run(_pair[turn], [.. batch], hasRun);
            batch.Clear();
            await hasRun.Task.ConfigureAwait(false);
        }

        await Task.WhenAll(ends).ConfigureAwait(false);
        await _apart.Close().ConfigureAwait(false);
    }

    /// <summary>
    /// Waits, though not for long, until half of the updates are there that have come at a time of late: those that come back from
    /// a commit do so one after the other, and would go on in many small transactions. A caller that is alone never waits.
    /// </summary>
    /// <param name="committing">How many are being committed.</param>
    private async ValueTask WaitForCompany(int committing)
    {
        _usual = Math.Max(_usual, committing + _queue.Reader.Count);
        int half = _usual / 2;
        if (_queue.Reader.Count >= half || _closing)
            return;

        var enough = new Enough(half, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _enough = enough;
        if (_queue.Reader.Count < half)
            await Task.WhenAny(enough.Reached.Task, Task.Delay(MostLinger)).ConfigureAwait(false);
        _enough = null;

        // Some have gone.
        if (!enough.Reached.Task.IsCompleted)
            _usual = committing + _queue.Reader.Count;
    }

    private async Task Run(Batches batches, StoreUpdate[] updates, TaskCompletionSource hasRun)
    {
        foreach (StoreUpdate blocked in await batches.Run(updates, hasRun).ConfigureAwait(false))
        {
            // Closing waits for it.
            _apart.TryEnter();
            _ = RunApart(blocked);
        }
    }

    /// <summary>Runs an update that waits for its rows, so that those behind it need not.</summary>
    private async Task RunApart(StoreUpdate update)
    {
        await _places.WaitAsync().ConfigureAwait(false);
        try
        {
            var batches = new Batches(_site, isApart: true);
            await using (batches.ConfigureAwait(false))
                await batches.RunApart(update).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
            _apart.Leave();
        }
    }

    private sealed record Enough(int Count, TaskCompletionSource Reached);
}
