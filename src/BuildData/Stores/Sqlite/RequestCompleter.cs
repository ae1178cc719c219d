using System.Diagnostics;
using BuildData.Updating;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Completes requests that have run: their tasks get the results. Works even if callers block all threads of the thread pool.
/// </summary>
/// <remarks>
/// <para>Normally the thread pool completes a batch of requests, and runs the continuations of their callers
/// (see <see cref="CompletionWorkItem"/>). This costs least if the callers are asynchronous.</para>
/// <para>But callers may block all threads of the pool, each waiting for its own request. This would be a deadlock: the batch waits for
/// a thread of the pool, and the threads wait for the batch.</para>
/// <para>Therefore this class has a thread of its own, the completion thread. If the pool has not begun to complete all requests of
/// a batch within <see cref="MaxPoolDelay"/>, the batch is overdue, and the completion thread completes the rest of it. During
/// the following <see cref="PoolBypassDuration"/>, the completion thread also completes all new batches.</para>
/// <para>The completion thread must never run a caller's continuation, because the continuation may block. Therefore the thread has a
/// synchronization context of its own (<see cref="PoolContinuationContext"/>). Callers that block are released directly.</para>
/// <para>Only the owner of the writer may use the public members (see <see cref="SqliteWriter"/>).</para>
/// </remarks>
internal sealed class RequestCompleter : IDisposable
{
    private static readonly TimeSpan MaxPoolDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PoolBypassDuration = TimeSpan.FromSeconds(1);

    private readonly Queue<(CompletionWorkItem Batch, long Since)> _poolQueue = new();
    private readonly Queue<CompletionWorkItem> _ownThreadQueue = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private Thread? _thread;
    private long _bypassStart;
    private bool _bypassesPool;
    private volatile bool _isDisposed;

    /// <summary>Gets the time until the oldest batch of the pool is overdue; null if the pool has begun all batches.</summary>
    public TimeSpan? TimeUntilOverdue
    {
        get
        {
            RemoveStartedBatches();
            if (!_poolQueue.TryPeek(out (CompletionWorkItem Batch, long Since) oldest))
                return null;

            TimeSpan rest = MaxPoolDelay - Stopwatch.GetElapsedTime(oldest.Since);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>Queues requests to be completed: to the thread pool, or to the completion thread while the pool is bypassed.</summary>
    /// <param name="requests">The requests, which have run or failed.</param>
    public void Complete(StoreRequest[] requests)
    {
        var batch = new CompletionWorkItem(requests);
        if (_bypassesPool && Stopwatch.GetElapsedTime(_bypassStart) < PoolBypassDuration)
        {
            CompleteOnOwnThread(batch);
            return;
        }

        _bypassesPool = false;
        batch.QueueToThreadPool();
        _poolQueue.Enqueue((batch, Stopwatch.GetTimestamp()));
    }

    /// <summary>Moves overdue batches from the thread pool to the completion thread.</summary>
    public void CompleteOverdue()
    {
        while (TimeUntilOverdue == TimeSpan.Zero)
        {
            _bypassesPool = true;
            _bypassStart = Stopwatch.GetTimestamp();
            CompleteOnOwnThread(_poolQueue.Dequeue().Batch);
        }
    }

    /// <summary>Completes the remaining requests, and ends the completion thread. Waits until both are done.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        RemoveStartedBatches();
        while (_poolQueue.TryDequeue(out (CompletionWorkItem Batch, long Since) left))
            CompleteOnOwnThread(left.Batch);
        _isDisposed = true;
        _signal.Release();
        _thread?.Join();
        _signal.Dispose();
    }

    private void RemoveStartedBatches()
    {
        while (_poolQueue.TryPeek(out (CompletionWorkItem Batch, long Since) oldest) && oldest.Batch.AreAllTaken)
            _poolQueue.Dequeue();
    }

    private void CompleteOnOwnThread(CompletionWorkItem batch)
    {
        lock (_lock)
            _ownThreadQueue.Enqueue(batch);
        if (_thread is null)
        {
            _thread = new Thread(RunCompletionThread) { Name = "BuildData completions", IsBackground = true };
            _thread.UnsafeStart();
        }

        _signal.Release();
    }

    private void RunCompletionThread()
    {
        SynchronizationContext.SetSynchronizationContext(new PoolContinuationContext());
        while (true)
        {
            _signal.Wait();
            bool isLast = _isDisposed;
            while (TryDequeue() is { } batch)
                batch.CompleteRemaining();
            if (isLast)
                return;
        }
    }

    private CompletionWorkItem? TryDequeue()
    {
        lock (_lock)
            return _ownThreadQueue.TryDequeue(out CompletionWorkItem? batch) ? batch : null;
    }

    /// <summary>
    /// Makes the runtime queue continuations to the thread pool. On a thread without a synchronization context, the runtime would run
    /// continuations on that thread.
    /// </summary>
    private sealed class PoolContinuationContext : SynchronizationContext;
}
