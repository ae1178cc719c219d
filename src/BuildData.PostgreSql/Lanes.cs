using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>
/// Carries updates out, several batches at a time, each on a connection of its own.
/// </summary>
/// <remarks>
/// <para>
/// An update waits in the queue until a batch takes it. A batch takes updates in order, except those that need a row of a batch
/// that is under way: they stay in the queue, and so do later ones that need the same rows as they. So updates of the same row are
/// carried out in order, and no batch of this process waits for another one on the server.
/// </para>
/// <para>
/// An update whose rows another session has locked comes back to the head of the queue. If it is blocked again, it gets a batch that
/// waits for the rows, together with the updates that need no other ones. If a table is locked as a whole, one batch waits for it,
/// and later updates of the same tables stay in the queue.
/// </para>
/// <para>
/// There are two lanes. More are opened when the lanes are busy for long, because a commit is slow or the server waits for
/// somebody else. Batches that wait have connections of their own.
/// </para>
/// </remarks>
internal sealed class Lanes : IAsyncDisposable
{
    private const int UsualLanes = 2;
    private const int MostLanes = 8;
    private const int MostWaiting = 16;

    private static readonly TimeSpan MostLinger = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(50);

    private readonly Site _site;
    private readonly Lock _lock = new();
    private readonly UpdateQueue _queue = new();
    private readonly HashSet<Batch> _lanes = [];
    private readonly HashSet<Batch> _waiting = [];
    private readonly Stack<BatchRunner> _idle = new();
    private readonly Task _running;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // How many updates must be in the queue for Run to be woken.
    private int _wakeCount = 1;

    // The largest recent number of updates in the queue and under way.
    private int _usual;
    private bool _closing;

    public Lanes(Site site)
    {
        _site = site;
        _running = Background.Start(Run);
    }

    /// <summary>How many updates wait in the queue.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    private bool HasLane => _lanes.Count < UsualLanes || (_lanes.Count < MostLanes && _lanes.Count(IsQuick) < UsualLanes);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        update.CancelWith(cancellationToken);
        var pending = new PendingUpdate(update, update.Needs(_site.Context.Options));
        Batch? lone = null;
        lock (_lock)
        {
            if (!_closing)
            {
                if (!IsAlone(pending))
                    _queue.Add(pending);
                else if (pending.TryTake())
                    lone = Begin([pending], waits: false);
                WakeIfEnough();
                if (lone is null)
                    return;
            }
        }

        if (lone is not null)
        {
            _ = Run(lone, isCallers: true);
            return;
        }

        if (!pending.TryTake())
            return;
        update.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([update]);
    }

    /// <summary>Takes no more updates but one, which is the last.</summary>
    public void Close(StoreUpdate last)
    {
        lock (_lock)
        {
            _closing = true;
            _queue.Add(new PendingUpdate(last, last.Needs(_site.Context.Options)));
            _wake.TrySetResult();
        }
    }

    /// <summary>Finishes what was accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closing = true;
            _wake.TrySetResult();
        }

        await _running.ConfigureAwait(false);
        foreach (BatchRunner runner in _idle)
            await runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an update need not wait for company, so that its caller's thread can begin its batch.</summary>
    private bool IsAlone(PendingUpdate pending) =>
        _queue.Count == 0 && _lanes.Count == 0 && _waiting.Count == 0 && _usual <= 1 && !pending.MustWait;

    private void WakeIfEnough()
    {
        if (_queue.Count >= _wakeCount)
            _wake.TrySetResult();
    }

    /// <summary>Begins batches, until the queue is closed and all is done.</summary>
    private async Task Run()
    {
        long lingersUntil = 0;
        while (true)
        {
            Batch? batch;
            Task wake;
            TimeSpan? limit;
            lock (_lock)
            {
                if (_closing && _queue.Count == 0 && _lanes.Count == 0 && _waiting.Count == 0)
                    return;

                batch = Next(ref lingersUntil);
                if (_wake.Task.IsCompleted)
                    _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _wake.Task;
                _wakeCount = lingersUntil > 0 ? _queue.WaitingCount + ((_usual + 1) / 2) : _queue.Count + 1;
                limit = lingersUntil > 0 ? MostLinger : _queue.Count > 0 && !HasLane ? Long : null;
            }

            if (batch is not null)
                _ = Run(batch);
            else if (limit is { } time)
                await Task.WhenAny(wake, Task.Delay(time)).ConfigureAwait(false);
            else
                await wake.ConfigureAwait(false);
        }
    }

    /// <summary>The next batch, which has begun; null if there is none yet.</summary>
    /// <param name="lingersUntil">
    /// The time, in milliseconds, until which the next batch waits for more updates; 0 if it does not wait. It waits until the queue has
    /// half of the recent number. The callers of a commit come back one after the other, and would otherwise make many small batches.
    /// </param>
    private Batch? Next(ref long lingersUntil)
    {
        if (_queue.WaitingCount > 0 && _waiting.Count < MostWaiting && _queue.TakeWaiting() is { Count: > 0 } waiting)
            return Begin(waiting, waits: true);
        if (_queue.ReadyCount == 0 || !HasLane)
        {
            lingersUntil = 0;
            return null;
        }

        long now = Environment.TickCount64;

        // The callers of a batch that waits for somebody else do not come back soon.
        int known = _queue.ReadyCount + _lanes.Where(IsQuick).Sum(batch => batch.Updates.Count);
        _usual = Math.Max(_usual, known);
        if (_queue.ReadyCount < (_usual + 1) / 2 && !_closing)
        {
            if (lingersUntil == 0)
                lingersUntil = now + (long)MostLinger.TotalMilliseconds + 1;
            if (now < lingersUntil)
                return null;

            // Some have gone.
            _usual = known;
        }

        lingersUntil = 0;
        List<PendingUpdate> taken = _queue.Take();
        return taken.Count == 0 ? null : Begin(taken, waits: false);
    }

    private static bool IsQuick(Batch batch) => Environment.TickCount64 - batch.Start < Long.TotalMilliseconds;

    private Batch Begin(List<PendingUpdate> updates, bool waits, bool closesTables = false)
    {
        // What holds up one batch alone needs no guard.
        bool isMixed = updates.Any(update => update.Needs.Tables != updates[0].Needs.Tables);
        bool guards = closesTables || (!waits && (isMixed || _lanes.Count + _waiting.Count > 0));
        BatchRunner runner = _idle.TryPop(out BatchRunner? idle) ? idle : new BatchRunner(_site);
        var batch = new Batch(updates, runner, guards, waits) { ClosesTables = closesTables };
        (waits ? _waiting : _lanes).Add(batch);
        _queue.Reserve(updates, closesTables);
        return batch;
    }

    /// <summary>Runs a batch, and completes its updates when the next batches may have its rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isCallers">Whether a lone caller's thread has begun it.</param>
    private async Task Run(Batch batch, bool isCallers = false)
    {
        BatchResult result = await batch.Runner.Run(batch.Updates, batch.Guards, batch.Waits).ConfigureAwait(false);
        Batch[] next = [];
        bool keepsRunner;
        lock (_lock)
        {
            (batch.Waits ? _waiting : _lanes).Remove(batch);
            _queue.Release(batch.Updates, batch.ClosesTables);
            foreach (PendingUpdate blocked in result.Blocked)
                blocked.Block();
            _queue.PutBack(result.Blocked);
            keepsRunner = _idle.Count < UsualLanes;
            if (keepsRunner)
                _idle.Push(batch.Runner);

            next = [.. result.TableBlocked.GroupBy(update => update.Needs.Tables).Select(kind => Begin([.. kind], waits: true, closesTables: true))];
            if (_queue.Count > 0 || _closing)
                _wake.TrySetResult();
        }

        try
        {
            // The log is the host's, and may fail.
            Report(result);
        }
        finally
        {
            foreach (Batch waiting in next)
                _ = Run(waiting);
            if (!keepsRunner)
                await batch.Runner.DisposeAsync().ConfigureAwait(false);
            Complete(batch.Updates, result, isCallers);
        }
    }

    /// <summary>
    /// Completes the updates that are done. A lone caller goes on at once: either it has not returned yet, or this is the thread that
    /// has the server's answer, and has nothing else to do. Others may block their thread, and this can be the one that begins batches.
    /// </summary>
    private static void Complete(IReadOnlyList<PendingUpdate> updates, BatchResult result, bool isCallers)
    {
        if (isCallers && result == BatchResult.Done)
            updates[0].Update.Complete();
        else
            StoreRequest.CompleteAll([.. updates.Except(result.Blocked).Except(result.TableBlocked).Select(pending => pending.Update)]);
    }

    private void Report(BatchResult result)
    {
        if (result.Blocked.Count > 0)
            Log.Blocked(_site.Context.Logger, result.Blocked.Count);
        if (result.TableBlocked.Count > 0)
            Log.TableBlocked(_site.Context.Logger, result.TableBlocked.Count, result.TableBlocked[0].Needs.Tables);
        _site.Context.UpdatesBlocked(result.Blocked.Count + result.TableBlocked.Count);
    }
}
