using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

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
/// There are two scheduler. More are opened when the lanes are busy for long, because a commit is slow or the server waits for
/// somebody else. Batches that wait have connections of their own.
/// </para>
/// </remarks>
internal sealed class BatchScheduler : IAsyncDisposable
{
    private const int UsualBatches = 2;
    private const int MaxBatches = 8;
    private const int MaxWaitingBatches = 16;

    private static readonly TimeSpan MaxBatchDelay = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SlowBatch = TimeSpan.FromMilliseconds(50);

    private readonly WriterServices _services;
    private readonly Lock _lock = new();
    private readonly UpdateQueue _queue = new();
    private readonly HashSet<Batch> _runningBatches = [];
    private readonly HashSet<Batch> _waitingBatches = [];
    private readonly Stack<BatchRunner> _idleRunners = new();
    private readonly Task _loop;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // How many updates must be in the queue for Run to be woken.
    private int _wakeCount = 1;

    // The largest recent number of updates in the queue and under way.
    private int _expectedUpdates;
    private bool _closing;

    public BatchScheduler(WriterServices services)
    {
        _services = services;
        _loop = BackgroundTask.Start(Run);
    }

    /// <summary>How many updates wait in the queue.</summary>
    public int QueuedCount
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    private bool CanStartBatch => _runningBatches.Count < UsualBatches || (_runningBatches.Count < MaxBatches && _runningBatches.Count(IsFast) < UsualBatches);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        update.CancelWith(cancellationToken);
        var pending = new PendingUpdate(update, update.PrefetchPlan(_services.Context.Options));
        Batch? lone = null;
        lock (_lock)
        {
            if (!_closing)
            {
                if (!IsOnlyUpdate(pending))
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
            _queue.Add(new PendingUpdate(last, last.PrefetchPlan(_services.Context.Options)));
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

        await _loop.ConfigureAwait(false);
        foreach (BatchRunner runner in _idleRunners)
            await runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Whether an update need not wait for company, so that its caller's thread can begin its batch.</summary>
    private bool IsOnlyUpdate(PendingUpdate pending) =>
        _queue.Count == 0 && _runningBatches.Count == 0 && _waitingBatches.Count == 0 && _expectedUpdates <= 1 && !pending.MustWait;

    private void WakeIfEnough()
    {
        if (_queue.Count >= _wakeCount)
            _wake.TrySetResult();
    }

    /// <summary>Begins batches, until the queue is closed and all is done.</summary>
    private async Task Run()
    {
        long delayUntil = 0;
        while (true)
        {
            Batch? batch;
            Task wake;
            TimeSpan? limit;
            lock (_lock)
            {
                if (_closing && _queue.Count == 0 && _runningBatches.Count == 0 && _waitingBatches.Count == 0)
                    return;

                batch = TryBeginNext(ref delayUntil);
                if (_wake.Task.IsCompleted)
                    _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _wake.Task;
                _wakeCount = delayUntil > 0 ? _queue.WaitingCount + ((_expectedUpdates + 1) / 2) : _queue.Count + 1;
                limit = delayUntil > 0 ? MaxBatchDelay : _queue.Count > 0 && !CanStartBatch ? SlowBatch : null;
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
    /// <param name="delayUntil">
    /// The time, in milliseconds, until which the next batch waits for more updates; 0 if it does not wait. It waits until the queue has
    /// half of the recent number. The callers of a commit come back one after the other, and would otherwise make many small batches.
    /// </param>
    private Batch? TryBeginNext(ref long delayUntil)
    {
        if (_queue.WaitingCount > 0 && _waitingBatches.Count < MaxWaitingBatches && _queue.TakeWaiting() is { Count: > 0 } waiting)
            return Begin(waiting, waits: true);
        if (_queue.ReadyCount == 0 || !CanStartBatch)
        {
            delayUntil = 0;
            return null;
        }

        long now = Environment.TickCount64;

        // The callers of a batch that waits for somebody else do not come back soon.
        int known = _queue.ReadyCount + _runningBatches.Where(IsFast).Sum(batch => batch.Updates.Count);
        _expectedUpdates = Math.Max(_expectedUpdates, known);
        if (_queue.ReadyCount < (_expectedUpdates + 1) / 2 && !_closing)
        {
            if (delayUntil == 0)
                delayUntil = now + (long)MaxBatchDelay.TotalMilliseconds + 1;
            if (now < delayUntil)
                return null;

            // Some have gone.
            _expectedUpdates = known;
        }

        delayUntil = 0;
        List<PendingUpdate> taken = _queue.Take();
        return taken.Count == 0 ? null : Begin(taken, waits: false);
    }

    private static bool IsFast(Batch batch) => Environment.TickCount64 - batch.Start < SlowBatch.TotalMilliseconds;

    private Batch Begin(List<PendingUpdate> updates, bool waits, bool closesTables = false)
    {
        // What holds up one batch alone needs no guard.
        bool isMixed = updates.Any(update => update.Plan.Tables != updates[0].Plan.Tables);
        bool guards = closesTables || (!waits && (isMixed || _runningBatches.Count + _waitingBatches.Count > 0));
        BatchRunner runner = _idleRunners.TryPop(out BatchRunner? idle) ? idle : new BatchRunner(_services);
        var batch = new Batch(updates, runner, guards, waits) { ClosesTables = closesTables };
        (waits ? _waitingBatches : _runningBatches).Add(batch);
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
            (batch.Waits ? _waitingBatches : _runningBatches).Remove(batch);
            _queue.Release(batch.Updates, batch.ClosesTables);
            foreach (PendingUpdate blocked in result.Blocked)
                blocked.Block();
            _queue.PutBack(result.Blocked);
            keepsRunner = _idleRunners.Count < UsualBatches;
            if (keepsRunner)
                _idleRunners.Push(batch.Runner);

            next = [.. result.TableBlocked.GroupBy(update => update.Plan.Tables).Select(kind => Begin([.. kind], waits: true, closesTables: true))];
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
            Log.Blocked(_services.Context.Logger, result.Blocked.Count);
        if (result.TableBlocked.Count > 0)
            Log.TableBlocked(_services.Context.Logger, result.TableBlocked.Count, result.TableBlocked[0].Plan.Tables);
        _services.Context.UpdatesBlocked(result.Blocked.Count + result.TableBlocked.Count);
    }
}
