using System.Diagnostics;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Completes the tasks of requests that have run, so that the callers receive the results. Works even if callers block all threads of the
/// thread pool.
/// </summary>
/// <remarks>
/// <para>Normally the thread pool completes the tasks of a batch of requests (see <see cref="RequestCompletionWorkItem"/>). The thread pool
/// then runs the continuations: the code of the callers after their <c>await</c>. This is fast for asynchronous callers.</para>
/// <para>But synchronous callers may block all threads of the thread pool. Each of them waits for the result of its request. If only the
/// thread pool completed requests, this would be a deadlock.</para>
/// <para>Therefore this class has a thread of its own, the completion thread. A batch is overdue if the thread pool has not begun to
/// complete all its requests within <see cref="MaxPoolDelay"/>. The completion thread then completes the remaining requests. During the
/// next <see cref="PoolBypassDuration"/>, the completion thread also completes all new batches.</para>
/// <para>The process can lack the memory or the file handles for the completion thread. Then the batch stays in the queue of the thread
/// pool, and is overdue again later.</para>
/// <para>The completion thread must never run a continuation, because a continuation may block. The synchronization context of the
/// thread (<see cref="PoolContinuationContext"/>) moves continuations to the thread pool.</para>
/// <para>Not thread-safe: only the thread that owns the writer may use the public members (see <see cref="SqliteWriter"/>).</para>
/// </remarks>
internal sealed class UpdateTaskCompleter : IDisposable
{
    private static readonly TimeSpan MaxPoolDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PoolBypassDuration = TimeSpan.FromSeconds(1);

    private readonly Queue<(RequestCompletionWorkItem Batch, long Since)> _poolQueue = new();
    private readonly Queue<RequestCompletionWorkItem> _ownThreadQueue = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private Thread? _thread;
    private long _bypassStart;
    private bool _bypassesPool;
    private volatile bool _isDisposed;

    /// <summary>
    /// Gets the time until the oldest batch is overdue; null if no batch waits for the thread pool. A batch is overdue when it has waited
    /// for the thread pool for <see cref="MaxPoolDelay"/>.
    /// </summary>
    public TimeSpan? TimeUntilOldestIsOverdue
    {
        get
        {
            RemoveStartedBatches();
            if (!_poolQueue.TryPeek(out (RequestCompletionWorkItem Batch, long Since) oldest))
                return null;

            TimeSpan rest = MaxPoolDelay - Stopwatch.GetElapsedTime(oldest.Since);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Queues requests. Normally a thread of the thread pool then completes the tasks of the requests. If the thread pool was too slow
    /// within the last second, the completion thread completes the tasks instead.
    /// </summary>
    /// <param name="requests">The requests, which have run.</param>
    public void QueueForCompletion(StoreRequest[] requests)
    {
        var batch = new RequestCompletionWorkItem(requests);
        if (_bypassesPool && Stopwatch.GetElapsedTime(_bypassStart) < PoolBypassDuration)
        {
            // The thread runs: it was started for the batch that was overdue.
            _ = TryCompleteOnOwnThread(batch);
            return;
        }

        _bypassesPool = false;
        batch.QueueToThreadPool();
        _poolQueue.Enqueue((batch, Stopwatch.GetTimestamp()));
    }

    /// <summary>Makes the completion thread complete all batches that have waited for the thread pool too long.</summary>
    public void CompleteTasksThatThreadPoolDelays()
    {
        while (TimeUntilOldestIsOverdue == TimeSpan.Zero)
        {
            RequestCompletionWorkItem batch = _poolQueue.Dequeue().Batch;
            long now = Stopwatch.GetTimestamp();
            _bypassesPool = TryCompleteOnOwnThread(batch);
            if (_bypassesPool)
                _bypassStart = now;
            else
                _poolQueue.Enqueue((batch, now));
        }
    }

    /// <summary>Makes the completion thread complete all remaining requests, and waits until the thread has ended.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        RemoveStartedBatches();
        while (_poolQueue.TryDequeue(out (RequestCompletionWorkItem Batch, long Since) left) && TryCompleteOnOwnThread(left.Batch))
        {
        }

        _isDisposed = true;
        _signal.Release();
        _thread?.Join();
        _signal.Dispose();
    }

    private void RemoveStartedBatches()
    {
        while (_poolQueue.TryPeek(out (RequestCompletionWorkItem Batch, long Since) oldest) && oldest.Batch.HaveAllStarted)
            _poolQueue.Dequeue();
    }

    /// <summary>Makes the completion thread complete a batch. Starts the thread if it does not run yet.</summary>
    /// <returns>False if the thread can't be started.</returns>
    private bool TryCompleteOnOwnThread(RequestCompletionWorkItem batch)
    {
        _thread ??= BackgroundThread.TryStart("BuildData completions", RunCompletionThread);
        if (_thread is null)
            return false;

        lock (_lock)
            _ownThreadQueue.Enqueue(batch);
        _signal.Release();
        return true;
    }

    private void RunCompletionThread()
    {
        SynchronizationContext.SetSynchronizationContext(new PoolContinuationContext());
        while (true)
        {
            _signal.Wait();
            bool isLast = _isDisposed;
            while (TryDequeue() is { } batch)
                batch.CompleteUnstarted();
            if (isLast)
                return;
        }
    }

    private RequestCompletionWorkItem? TryDequeue()
    {
        lock (_lock)
            return _ownThreadQueue.TryDequeue(out RequestCompletionWorkItem? batch) ? batch : null;
    }

    /// <summary>
    /// Makes the runtime run the continuations of tasks on the thread pool. Without a synchronization context, the runtime could run a
    /// continuation on the thread that completes the task.
    /// </summary>
    private sealed class PoolContinuationContext : SynchronizationContext;
}
