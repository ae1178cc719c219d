using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates, one batch at a time. While updates arrive one by one, each runs on its caller's thread. Concurrent updates are
/// queued, and the writer's thread runs all queued updates in one batch.
/// </summary>
/// <remarks>
/// <para>Ownership: <c>_owned</c> is 1 while a thread owns the writer. The owner is a caller that runs its own update, or the
/// writer's thread. Only the owner may use the batch runner, the completion queue and the log limit.</para>
/// <para>Wake-ups: a caller first enqueues its update and then reads <c>_owned</c>. If nobody owns the writer, the caller signals
/// the writer's thread. An owner first resets <c>_owned</c> and then reads the queue. If an update is queued, it signals the
/// writer's thread. On both sides a full memory barrier separates the two steps. So at least one side sees the other's step, and
/// every queued update is run.</para>
/// <para>Sleep: the writer's thread sleeps until it is signalled, or until the completion queue or the log limit is due. Both are
/// served by this thread and not by the thread pool, because callers may block all threads of the pool.</para>
/// <para>Closing: the writer's thread runs the queued updates and keeps the ownership for good. Then it sets <c>_closed</c> and
/// refuses the updates that are still queued. A caller enqueues its update before it reads <c>_closed</c>, so either that caller or
/// the thread refuses the update.</para>
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
    private readonly StoreUpdate[] _single = new StoreUpdate[1];
    private readonly WalSizeLimit _logLimit;
    private readonly CompletionQueue _completions = new();
    private readonly Thread _thread;
    private int _owned;
    private int _singleBatchesToGo;
    private volatile bool _closing;
    private volatile bool _closed;

    public SqliteWriter(BatchRunner runner, SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context)
    {
        _runner = runner;
        _logLimit = new WalSizeLimit(session, file, gate, context) { WakeWriter = () => _signal.Release() };
        _thread = new Thread(RunThread) { Name = "BuildData writer", IsBackground = true };

        // The thread must not capture the execution context of the caller that opens the store.
        _thread.UnsafeStart();
    }

    /// <summary>Runs an update on the caller's thread, or queues it for the writer's thread.</summary>
    /// <remarks>If the writer is closed, the update fails with <see cref="ObjectDisposedException"/>.</remarks>
    public void Run(StoreUpdate item, CancellationToken cancellationToken)
    {
        if (_closing)
        {
            Refuse(item);
            return;
        }

        if (cancellationToken.IsCancellationRequested)
        {
            item.CancelWith(cancellationToken);
            return;
        }

        if (Volatile.Read(ref _singleBatchesToGo) == 0 && _queue.IsEmpty && TryAcquire())
        {
            try
            {
                item.TryTake();
                _single[0] = item;
                RunBatch(_single);

                // The caller does this itself: if it kept running updates, the writer's thread might never acquire the writer.
                _logLimit.AfterCommit();
                _logLimit.Continue();
            }
            finally
            {
                // The thread may have gone to sleep without a time limit while this caller owned the writer.
                bool hasCompletions = _completions.TimeUntilCheck is not null;
                Release();
                if (hasCompletions)
                    _signal.Release();
            }

            item.Complete();
            return;
        }

        item.CancelWith(cancellationToken);
        Enqueue(item);
    }

    private bool HasWork => !_queue.IsEmpty || _closing || _logLimit.IsReady;

    /// <summary>Gets the number of queued updates and transactions.</summary>
    public int QueuedCount => _queue.Count;

    /// <summary>Begins a transaction of the host, after the requests that were queued before it.</summary>
    public Task<IStoreTransaction> Begin(SqliteHostTransaction transaction, CancellationToken cancellationToken)
    {
        transaction.CancelWith(cancellationToken);
        if (_closing)
            Refuse(transaction);
        else
            Enqueue(transaction);
        return transaction.Begun;
    }

    /// <summary>Runs the queued requests, refuses later ones, and ends the writer's thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _signal.Release();
        await _threadEnded.Task.ConfigureAwait(false);
        _thread.Join();
        _completions.Dispose();
        _logLimit.Dispose();
    }

    private void Enqueue(StoreRequest item)
    {
        _queue.Enqueue(item);

        // The update must be visible in the queue before the two flags are read.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _owned) == 0)
            _signal.Release();
        if (_closed)
            RefuseQueued();
    }

    private void RunThread()
    {
        while (true)
        {
            _signal.Wait(SleepTime());
            while (TryAcquire())
            {
                bool closing = _closing;
                _logLimit.Continue();
                RunQueued();
                _completions.CompleteOverdue();
                if (closing)
                {
                    // The thread keeps the ownership, so no caller can acquire the writer any more.
                    _closed = true;
                    Interlocked.MemoryBarrier();
                    RefuseQueued();
                    _threadEnded.SetResult();
                    return;
                }

                Release();
                if (!HasWork)
                    break;
            }
        }
    }

    /// <summary>Returns how long the thread may sleep if it is not signalled.</summary>
    private TimeSpan SleepTime()
    {
        // Another thread owns the writer. It signals this thread when it releases the writer and there is work.
        if (!TryAcquire())
            return Timeout.InfiniteTimeSpan;

        TimeSpan? completions = _completions.TimeUntilCheck;
        TimeSpan? log = _logLimit.TimeUntilContinue;
        Interlocked.Exchange(ref _owned, 0);
        return HasWork ? TimeSpan.Zero
            : completions is null ? log ?? Timeout.InfiniteTimeSpan
            : log is null || completions < log ? completions.Value
            : log.Value;
    }

    private void RunQueued()
    {
        while (true)
        {
            // The batch is fixed before it runs. Updates that arrive while it runs go into the next batch: subscribers may rely on that.
            SqliteHostTransaction? transaction = null;
            while (_batch.Count < MaxBatchSize && transaction is null && _queue.TryDequeue(out StoreRequest? item))
            {
                if (!item.TryTake())
                    continue;
                if (item is StoreUpdate update)
                    _batch.Add(update);
                else
                    transaction = (SqliteHostTransaction)item;
            }

            if (_batch.Count == 0 && transaction is null)
                return;

            if (_batch.Count > 0)
                RunQueuedBatch();
            if (transaction is not null)
                RunTransaction(transaction);
        }
    }

    private void RunQueuedBatch()
    {
        StoreUpdate[] items = [.. _batch];
        _batch.Clear();
        _completions.CompleteOverdue();
        RunBatch(items);
        _completions.Add(items);
        _logLimit.AfterCommit();
        _logLimit.Continue();
        Volatile.Write(ref _singleBatchesToGo, items.Length > 1 ? SingleBatchesBeforeDirectRun : Math.Max(0, _singleBatchesToGo - 1));
        if (items.Length > 1)
            WaitForMoreCallers(items.Length);
    }

    private void RunBatch(StoreUpdate[] items) => _ = SqliteTasks.Result(_runner.Run(items, default));

    private void RunTransaction(SqliteHostTransaction transaction)
    {
        // During an attempt to empty the log, reads wait at the gate. The host's code may read, and would then wait for the writer,
        // which waits for the host's code.
        _logLimit.Abandon();
        using (transaction)
            transaction.Serve();
        _logLimit.AfterCommit();
    }

    /// <summary>
    /// Waits briefly until as many updates are queued as the last batch had. Its callers are likely to write again at once, and one
    /// full batch costs less than several small ones.
    /// </summary>
    private void WaitForMoreCallers(int callers)
    {
        long start = Stopwatch.GetTimestamp();
        while (_queue.Count < callers && Stopwatch.GetElapsedTime(start) < MaxBatchDelay)
            Thread.SpinWait(20);
    }

    private void RefuseQueued()
    {
        while (_queue.TryDequeue(out StoreRequest? item))
        {
            if (item.TryTake())
                Refuse(item);
        }
    }

    private static void Refuse(StoreRequest item)
    {
        item.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([item]);
    }

    private bool TryAcquire() => Interlocked.CompareExchange(ref _owned, 1, 0) == 0;

    private void Release()
    {
        Interlocked.Exchange(ref _owned, 0);
        if (HasWork || _logLimit.IsAttempting)
            _signal.Release();
    }
}
