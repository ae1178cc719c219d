using System.Collections.Concurrent;
using System.Diagnostics;
using BuildData.Values;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs all updates of a SQLite store. If updates arrive one by one, each update runs on the thread of its caller. If several updates
/// arrive at the same time, this class queues them, and the writer's own thread runs them in batches. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Ownership: at most one thread at a time owns the writer and may run updates. The owner is either a caller that runs its own
/// update, or the writer's own thread. The field <c>_owned</c> is 1 while a thread owns the writer. Only the owner may use the
/// <see cref="BatchRunner"/>, the <see cref="UpdateTaskCompleter"/> and the <see cref="WalSizeLimiter"/>.</para>
/// <para>Wake-ups: a caller first adds its update to the queue, and then reads <c>_owned</c>. If no thread owns the writer, the caller
/// signals the writer's thread. An owner first sets <c>_owned</c> to 0, and then reads the queue. If the queue is not empty, the owner
/// signals the writer's thread. The caller and the owner both have a full memory barrier between their two steps. Therefore at least one of
/// them sees the write of the other, and signals the writer's thread. So no update is left in the queue.</para>
/// <para>Sleep: the writer's thread sleeps until another thread signals it, until a batch of the <see cref="UpdateTaskCompleter"/> is
/// overdue, or until the <see cref="WalSizeLimiter"/> must continue. The thread pool can't do this work, because callers may block all
/// threads of the pool.</para>
/// <para>Closing: the writer's thread runs the queued updates, and keeps the ownership for ever. Then the thread sets <c>_closed</c>, and
/// refuses all updates that are in the queue by then. A caller adds its update to the queue before it reads <c>_closed</c>. Therefore
/// an update that is added too late to run is refused, either by its caller or by the writer's thread.</para>
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // A larger batch saves nothing more, and its first update would wait for its last.
    private const int MaxBatchSize = 4096;

    // Callers whose updates shared a batch are likely to write at the same time again. If one of them ran its update directly, the
    // others would wait for its commit. So updates run directly again only after this number of batches with a single update.
    private const int SingleBatchesBeforeDirectRun = 32;

    private static readonly TimeSpan MaxBatchDelay = TimeSpan.FromMicroseconds(60);

    private readonly ConcurrentQueue<StoreRequest> _queue = new();
    private readonly List<StoreUpdate> _batch = [];
    private readonly SemaphoreSlim _signal = new(0);
    private readonly TaskCompletionSource _threadEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BatchRunner _runner;

    // Contains the update that a caller runs on its own thread. The array is used again for each such update.
    private readonly StoreUpdate[] _oneUpdate = new StoreUpdate[1];
    private readonly WalSizeLimiter _logLimiter;
    private readonly UpdateTaskCompleter _completer = new();
    private readonly Thread _thread;
    private int _owned;
    private int _singleBatchesToGo;
    private volatile bool _closing;
    private volatile bool _closed;

    public SqliteWriter(BatchRunner runner, SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context)
    {
        _runner = runner;
        _logLimiter = new WalSizeLimiter(session, file, gate, context) { WakeWriter = () => _signal.Release() };
        _thread = BackgroundThread.Start("BuildData writer", RunWriterThread);
    }

    /// <summary>Runs an update on the caller's thread, or queues the update for the writer's thread.</summary>
    /// <remarks>
    /// <para>This method queues the update in these cases: another thread runs updates, other requests are in the queue, or many callers
    /// have written at the same time recently.</para>
    /// <para>If the update fails, the task of the update fails, and this method does not throw. If the writer is closed, the task fails with
    /// <see cref="ObjectDisposedException"/>.</para>
    /// </remarks>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancels the update. The token has no effect after the update has begun to run.</param>
    public void RunOrQueue(StoreUpdate update, CancellationToken cancellationToken)
    {
        if (_closing)
        {
            Refuse(update);
            return;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            update.CancelWith(cancellationToken);
            return;
        }

        if (Volatile.Read(ref _singleBatchesToGo) == 0 && _queue.IsEmpty && TryTakeOwnership())
        {
            try
            {
                update.TryTake();
                _oneUpdate[0] = update;
                RunBatch(_oneUpdate);

                // The caller does this work itself. If the caller runs one update after the other, the writer's thread may never own the writer.
                _logLimiter.CheckSizeAfterCommit();
                _logLimiter.ContinueTruncationAttempt();
            }
            finally
            {
                // The writer's thread may have gone to sleep without a time limit while this caller owned the writer.
                bool hasPendingCompletions = _completer.TimeUntilOldestIsOverdue is not null;
                ReleaseOwnership();
                if (hasPendingCompletions)
                    _signal.Release();
            }

            update.Complete();
            return;
        }

        update.CancelWith(cancellationToken);
        Enqueue(update);
    }

    /// <summary>Gets whether there is work that the writer's thread must do before it sleeps.</summary>
    private bool HasWork => !_queue.IsEmpty || _closing || _logLimiter.HaveReadsEnded;

    /// <summary>Gets the number of requests in the queue. A request is an update, or an <see cref="ExclusiveRequest"/>.</summary>
    public int QueuedRequestCount => _queue.Count;

    /// <summary>Queues a request that the writer's thread runs by itself.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the request. The token has no effect after the writer's thread has dequeued the request.</param>
    /// <returns>The task of the request.</returns>
    public Task<TResult> Queue<TResult>(ExclusiveRequest<TResult> request, CancellationToken cancellationToken)
    {
        request.CancelWith(cancellationToken);
        if (_closing)
            Refuse(request);
        else
            Enqueue(request);
        return request.Completion;
    }

    /// <summary>Runs the queued requests, refuses later requests, and ends the writer's thread. Waits until the thread has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _signal.Release();
        await _threadEnded.Task.ConfigureAwait(false);
        _thread.Join();
        _completer.Dispose();
        _logLimiter.Dispose();
    }

    private void Enqueue(StoreRequest request)
    {
        _queue.Enqueue(request);

        // The request must be visible in the queue before the two flags are read.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _owned) == 0)
            _signal.Release();
        if (_closed)
            RefuseQueuedRequests();
    }

    private void RunWriterThread()
    {
        while (true)
        {
            _signal.Wait(GetSleepTime());
            while (TryTakeOwnership())
            {
                bool closing = _closing;
                _logLimiter.ContinueTruncationAttempt();
                RunQueuedRequests();
                _completer.CompleteTasksThatThreadPoolDelays();
                if (closing)
                {
                    // The thread keeps the ownership, so no caller can own the writer any more.
                    _closed = true;
                    Interlocked.MemoryBarrier();
                    RefuseQueuedRequests();
                    _threadEnded.SetResult();
                    return;
                }

                ReleaseOwnership();
                if (!HasWork)
                    break;
            }
        }
    }

    /// <summary>Returns the maximum time for which the writer's thread may sleep.</summary>
    private TimeSpan GetSleepTime()
    {
        // Another thread owns the writer. It signals this thread when it releases the writer and there is work.
        if (!TryTakeOwnership())
            return Timeout.InfiniteTimeSpan;

        TimeSpan? untilOverdue = _completer.TimeUntilOldestIsOverdue;
        TimeSpan? untilContinue = _logLimiter.TimeUntilAttemptMustContinue;
        Interlocked.Exchange(ref _owned, 0);
        return HasWork ? TimeSpan.Zero
            : untilOverdue is null ? untilContinue ?? Timeout.InfiniteTimeSpan
            : untilContinue is null || untilOverdue < untilContinue ? untilOverdue.Value
            : untilContinue.Value;
    }

    private void RunQueuedRequests()
    {
        while (true)
        {
            // The batch is fixed before it runs. Updates that arrive while it runs go into the next batch: subscribers may rely on that.
            ExclusiveRequest? exclusive = null;
            while (_batch.Count < MaxBatchSize && exclusive is null && _queue.TryDequeue(out StoreRequest? request))
            {
                if (!request.TryTake())
                    continue;
                if (request is StoreUpdate update)
                    _batch.Add(update);
                else
                    exclusive = (ExclusiveRequest)request;
            }

            if (_batch.Count == 0 && exclusive is null)
                return;

            if (_batch.Count > 0)
                RunQueuedBatch();
            if (exclusive is not null)
                RunExclusively(exclusive);
        }
    }

    private void RunQueuedBatch()
    {
        StoreUpdate[] updates = [.. _batch];
        _batch.Clear();
        _completer.CompleteTasksThatThreadPoolDelays();
        RunBatch(updates);
        _completer.QueueForCompletion(updates);
        _logLimiter.CheckSizeAfterCommit();
        _logLimiter.ContinueTruncationAttempt();
        Volatile.Write(ref _singleBatchesToGo, updates.Length > 1 ? SingleBatchesBeforeDirectRun : Math.Max(0, _singleBatchesToGo - 1));
        if (updates.Length > 1)
            WaitForMoreUpdates(updates.Length);
    }

    private void RunBatch(StoreUpdate[] updates) => _ = SynchronousTasks.GetResult(_runner.Run(updates, default));

    private void RunExclusively(ExclusiveRequest request)
    {
        // During an attempt to empty the log, reads wait at the gate. The host's code may read, and would then wait for the writer,
        // which waits for the host's code.
        _logLimiter.AbandonTruncationAttempt();
        request.Run();
        _logLimiter.CheckSizeAfterCommit();
    }

    /// <summary>
    /// Waits for new updates, so that the next batch is large: one large batch costs less than several small ones. The callers of the batch
    /// that has just ended are likely to write again at once. Returns when the queue is as long as that batch, or after
    /// <see cref="MaxBatchDelay"/>.
    /// </summary>
    private void WaitForMoreUpdates(int lastBatchSize)
    {
        long start = Stopwatch.GetTimestamp();
        while (_queue.Count < lastBatchSize && Stopwatch.GetElapsedTime(start) < MaxBatchDelay)
            Thread.SpinWait(20);
    }

    /// <summary>Makes all queued requests fail, because the writer is closed.</summary>
    private void RefuseQueuedRequests()
    {
        while (_queue.TryDequeue(out StoreRequest? request))
        {
            if (request.TryTake())
                Refuse(request);
        }
    }

    /// <summary>Makes the task of a request complete with <see cref="ObjectDisposedException"/>.</summary>
    private static void Refuse(StoreRequest request)
    {
        request.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([request]);
    }

    private bool TryTakeOwnership() => Interlocked.CompareExchange(ref _owned, 1, 0) == 0;

    private void ReleaseOwnership()
    {
        Interlocked.Exchange(ref _owned, 0);
        if (HasWork || _logLimiter.IsTruncationAttemptRunning)
            _signal.Release();
    }
}
