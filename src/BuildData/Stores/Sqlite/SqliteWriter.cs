using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs all updates of the store, one batch at a time. If updates arrive one by one, each update runs on the thread of its caller. If
/// they arrive concurrently, they are queued, and a thread of the writer runs the queued updates in batches. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Ownership: at most one thread owns the writer at a time. <c>_owned</c> is 1 while a thread owns it. The owner is either a
/// caller that runs its own update, or the writer's thread. Only the owner may use the <see cref="BatchRunner"/>, the
/// <see cref="RequestCompleter"/> and the <see cref="WalSizeLimiter"/>.</para>
/// <para>Wake-ups: a caller first queues its update, and then reads <c>_owned</c>. If no thread owns the writer, the caller signals the
/// writer's thread. An owner first sets <c>_owned</c> to 0, and then reads the queue. If the queue is not empty, the owner signals the
/// writer's thread. A full memory barrier separates the two steps of the caller, and another one the two steps of the owner. Therefore
/// at least one of them sees the first step of the other, and every queued update is run.</para>
/// <para>Sleep: the writer's thread sleeps until it is signalled, or until a batch of the request completer is overdue, or until an
/// attempt of the log limiter must continue. The thread pool can't do this work, because callers may block all threads of the pool.</para>
/// <para>Closing: the writer's thread runs the queued updates, and never releases the ownership again. Then it sets <c>_closed</c>, and
/// refuses the updates that were queued meanwhile. A caller queues its update before it reads <c>_closed</c>. Therefore either the
/// caller or the writer's thread refuses such an update.</para>
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

    // The array of a batch that a caller runs with its own update.
    private readonly StoreUpdate[] _oneUpdate = new StoreUpdate[1];
    private readonly WalSizeLimiter _logLimiter;
    private readonly RequestCompleter _completer = new();
    private readonly Thread _thread;
    private int _owned;
    private int _singleBatchesToGo;
    private volatile bool _closing;
    private volatile bool _closed;

    public SqliteWriter(BatchRunner runner, SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context)
    {
        _runner = runner;
        _logLimiter = new WalSizeLimiter(session, file, gate, context) { WakeWriter = () => _signal.Release() };
        _thread = new Thread(RunWriterThread) { Name = "BuildData writer", IsBackground = true };

        // The thread must not capture the execution context of the caller that opens the store.
        _thread.UnsafeStart();
    }

    /// <summary>Runs an update on the caller's thread, or queues the update for the writer's thread.</summary>
    /// <remarks>
    /// <para>The update is queued if a thread owns the writer, if other requests are queued, or if one of the last
    /// <see cref="SingleBatchesBeforeDirectRun"/> queued batches had several updates.</para>
    /// <para>If the update fails, its task completes with the error. This method does not throw the error. If the writer is closed, the
    /// task completes with <see cref="ObjectDisposedException"/>.</para>
    /// </remarks>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancels the update until it begins to run.</param>
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

                // The caller does this itself: if it ran one update after the other, the writer's thread might never own the writer.
                _logLimiter.CheckSizeAfterCommit();
                _logLimiter.ContinueAttempt();
            }
            finally
            {
                // The thread may have gone to sleep without a time limit while this caller owned the writer.
                bool hasPendingCompletions = _completer.TimeUntilBatchIsOverdue is not null;
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

    /// <summary>Gets whether the writer's thread must not sleep.</summary>
    private bool HasWork => !_queue.IsEmpty || _closing || _logLimiter.HaveReadsEnded;

    /// <summary>Gets the number of queued requests: updates, and requests to begin a transaction.</summary>
    public int QueuedRequestCount => _queue.Count;

    /// <summary>Queues a request of the host program to begin a transaction.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the request until the writer's thread takes it from the queue.</param>
    /// <returns>A task that completes with the transaction when it has begun. The task completes with an error if it can't begin.</returns>
    public Task<IStoreTransaction> QueueTransaction(HostTransactionRequest request, CancellationToken cancellationToken)
    {
        request.CancelWith(cancellationToken);
        if (_closing)
            Refuse(request);
        else
            Enqueue(request);
        return request.BegunTransaction;
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
                _logLimiter.ContinueAttempt();
                RunQueuedRequests();
                _completer.CompleteOverdueBatches();
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

    /// <summary>Returns how long the writer's thread may sleep if it is not signalled.</summary>
    private TimeSpan GetSleepTime()
    {
        // Another thread owns the writer. It signals this thread when it releases the writer and there is work.
        if (!TryTakeOwnership())
            return Timeout.InfiniteTimeSpan;

        TimeSpan? untilOverdue = _completer.TimeUntilBatchIsOverdue;
        TimeSpan? untilContinue = _logLimiter.TimeUntilContinue;
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
            HostTransactionRequest? transactionRequest = null;
            while (_batch.Count < MaxBatchSize && transactionRequest is null && _queue.TryDequeue(out StoreRequest? request))
            {
                if (!request.TryTake())
                    continue;
                if (request is StoreUpdate update)
                    _batch.Add(update);
                else
                    transactionRequest = (HostTransactionRequest)request;
            }

            if (_batch.Count == 0 && transactionRequest is null)
                return;

            if (_batch.Count > 0)
                RunQueuedBatch();
            if (transactionRequest is not null)
                RunTransaction(transactionRequest);
        }
    }

    private void RunQueuedBatch()
    {
        StoreUpdate[] updates = [.. _batch];
        _batch.Clear();
        _completer.CompleteOverdueBatches();
        RunBatch(updates);
        _completer.QueueForCompletion(updates);
        _logLimiter.CheckSizeAfterCommit();
        _logLimiter.ContinueAttempt();
        Volatile.Write(ref _singleBatchesToGo, updates.Length > 1 ? SingleBatchesBeforeDirectRun : Math.Max(0, _singleBatchesToGo - 1));
        if (updates.Length > 1)
            WaitForMoreUpdates(updates.Length);
    }

    private void RunBatch(StoreUpdate[] updates) => _ = CompletedTasks.ResultOf(_runner.Run(updates, default));

    private void RunTransaction(HostTransactionRequest request)
    {
        // During an attempt to empty the log, reads wait at the gate. The host's code may read, and would then wait for the writer,
        // which waits for the host's code.
        _logLimiter.AbandonAttempt();
        using (request)
            request.BeginAndWaitForEnd();
        _logLimiter.CheckSizeAfterCommit();
    }

    /// <summary>
    /// Waits until as many updates are queued as the last batch had, but no longer than <see cref="MaxBatchDelay"/>. The callers of the
    /// last batch are likely to write again at once. One large batch costs less than several small ones.
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
        if (HasWork || _logLimiter.IsAttemptRunning)
            _signal.Release();
    }
}
