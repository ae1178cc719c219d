using System.Diagnostics;
using BuildData.Updating;

namespace BuildData.Stores.Sqlite;

/// <summary>Completes the tasks of updates that have run, even if callers block all threads of the thread pool.</summary>
/// <remarks>
/// <para>Normally the updates of a batch are completed by one work item of the thread pool, which also runs the callers'
/// continuations one after the other. This is the cheapest way for asynchronous callers. But callers may block all threads of the
/// pool, each waiting for its own update. Then the work item would wait for a thread, and the threads would wait for the work
/// item.</para>
/// <para>So the writer checks the batches that are not yet completed (<see cref="CompleteOverdue"/>). If a batch has waited for longer than
/// <see cref="PoolTimeout"/>, the completion thread of this class completes the rest of it. For <see cref="BypassTime"/> that thread
/// also completes all later batches.</para>
/// <para>The completion thread must never run a caller's continuation, because the continuation may block. It has a synchronization
/// context of its own, and therefore the runtime queues continuations to the pool. Callers that block are released directly.</para>
/// <para>Only the owner of the writer may use <see cref="Add"/>, <see cref="CompleteOverdue"/> and <see cref="TimeUntilCheck"/>.</para>
/// </remarks>
internal sealed class CompletionQueue : IDisposable
{
    private static readonly TimeSpan PoolTimeout = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BypassTime = TimeSpan.FromSeconds(1);

    private readonly Queue<(CompletionBatch Batch, long Since)> _queuedToPool = new();
    private readonly Queue<CompletionBatch> _overdue = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private Thread? _thread;
    private long _bypassStart;
    private bool _bypassesPool;
    private volatile bool _isDisposed;

    /// <summary>Gets the time until the writer must call <see cref="CompleteOverdue"/>; null if all batches have been completed.</summary>
    public TimeSpan? TimeUntilCheck
    {
        get
        {
            RemoveCompleted();
            if (!_queuedToPool.TryPeek(out (CompletionBatch Batch, long Since) oldest))
                return null;

            TimeSpan rest = PoolTimeout - Stopwatch.GetElapsedTime(oldest.Since);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>Completes updates that have run, normally on the thread pool.</summary>
    public void Add(StoreRequest[] items)
    {
        var batch = new CompletionBatch(items);
        if (_bypassesPool && Stopwatch.GetElapsedTime(_bypassStart) < BypassTime)
        {
            CompleteOnThread(batch);
            return;
        }

        _bypassesPool = false;
        batch.Queue();
        _queuedToPool.Enqueue((batch, Stopwatch.GetTimestamp()));
    }

    /// <summary>Moves batches that the thread pool has not completed in time to the completion thread.</summary>
    public void CompleteOverdue()
    {
        while (TimeUntilCheck == TimeSpan.Zero)
        {
            _bypassesPool = true;
            _bypassStart = Stopwatch.GetTimestamp();
            CompleteOnThread(_queuedToPool.Dequeue().Batch);
        }
    }

    /// <summary>Completes the remaining updates, and ends the completion thread, if it was started.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        RemoveCompleted();
        while (_queuedToPool.TryDequeue(out (CompletionBatch Batch, long Since) left))
            CompleteOnThread(left.Batch);
        _isDisposed = true;
        _signal.Release();
        _thread?.Join();
        _signal.Dispose();
    }

    private void RemoveCompleted()
    {
        while (_queuedToPool.TryPeek(out (CompletionBatch Batch, long Since) oldest) && oldest.Batch.AreAllStarted)
            _queuedToPool.Dequeue();
    }

    private void CompleteOnThread(CompletionBatch batch)
    {
        lock (_lock)
            _overdue.Enqueue(batch);
        if (_thread is null)
        {
            _thread = new Thread(RunThread) { Name = "BuildData completions", IsBackground = true };
            _thread.UnsafeStart();
        }

        _signal.Release();
    }

    private void RunThread()
    {
        SynchronizationContext.SetSynchronizationContext(new ContinueOnPool());
        while (true)
        {
            _signal.Wait();
            bool isLast = _isDisposed;
            while (TryTake() is { } batch)
                batch.CompleteRest();
            if (isLast)
                return;
        }
    }

    private CompletionBatch? TryTake()
    {
        lock (_lock)
            return _overdue.TryDequeue(out CompletionBatch? batch) ? batch : null;
    }

    /// <summary>
    /// Makes the runtime queue continuations to the thread pool. It runs them inline only on threads without a synchronization context.
    /// </summary>
    private sealed class ContinueOnPool : SynchronizationContext;
}
