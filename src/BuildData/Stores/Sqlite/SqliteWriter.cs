using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates one batch at a time. An update that finds the writer at rest, and has met no others recently, runs on its
/// caller's thread; the others are queued, and the writer's own thread takes all that wait into one batch.
/// </summary>
/// <remarks>
/// <para><c>_busy</c> is 1 while somebody has the writer: a lone caller, or the writer's thread. Whoever has it may use the batch,
/// the completions and the log limit. A caller that queues an update reads <c>_busy</c> after it has queued the update. A thread
/// that leaves the writer reads the queue after it has left. Each read is behind a full barrier, so one of the two sees the other
/// and wakes the writer's thread.</para>
/// <para>The thread sleeps until it is woken, or until a completion or the log limit is due. So neither depends on the thread pool,
/// which callers may have blocked.</para>
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // More in one transaction saves nothing, and the first would wait for the last.
    private const int MostPerBatch = 4096;

    // Where updates have met they are likely to meet again, and one that ran alone would keep the others waiting for its commit.
    // After so many batches of one, a caller counts as alone again.
    private const int LongestMemory = 32;

    private static readonly TimeSpan MaxBatchDelay = TimeSpan.FromMicroseconds(60);

    private readonly ConcurrentQueue<StoreRequest> _queue = new();
    private readonly List<StoreUpdate> _batch = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteBatch _runner;
    private readonly WalSizeLimit _logLimit;
    private readonly CompletionQueue _completions = new();
    private readonly Thread _thread;
    private int _busy;
    private int _recentCallers;
    private volatile bool _closing;
    private volatile bool _closed;

    public SqliteWriter(SqliteBatch runner, SqliteWriteSession session, SqliteFile file, ReadGate gate, StoreContext context)
    {
        _runner = runner;
        _logLimit = new WalSizeLimit(session, file, gate, context) { WakeWriter = () => _wake.Release() };
        _thread = new Thread(Serve) { Name = "BuildData writer", IsBackground = true };

        // Not with the execution context of whoever happens to open the store.
        _thread.UnsafeStart();
    }

    /// <summary>Runs an update, or fails with <see cref="ObjectDisposedException"/> if the writer is closed.</summary>
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

        if (Volatile.Read(ref _recentCallers) == 0 && _queue.IsEmpty && TryEnter())
        {
            try
            {
                item.TryTake();
                _runner.Run(new ReadOnlySpan<StoreUpdate>(ref item));

                // Not left to the writer's thread, because a caller that returns at once would keep that thread out.
                _logLimit.AfterCommit();
                _logLimit.Continue();
            }
            finally
            {
                Leave();
            }

            item.Complete();
            return;
        }

        item.CancelWith(cancellationToken);
        Enqueue(item);
    }

    private bool HasWork => !_queue.IsEmpty || _closing || _logLimit.IsReady;

    /// <summary>How many updates wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Begins a transaction for the host, once all that waits before it is done.</summary>
    public Task<IStoreTransaction> Begin(SqliteHostTransaction transaction, CancellationToken cancellationToken)
    {
        transaction.CancelWith(cancellationToken);
        if (_closing)
            Refuse(transaction);
        else
            Enqueue(transaction);
        return transaction.Begun;
    }

    /// <summary>Finishes what was accepted and refuses what comes later; the thread is gone afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing = true;
        _wake.Release();
        await _done.Task.ConfigureAwait(false);
        _thread.Join();
        _completions.Dispose();
        _logLimit.Dispose();
    }

    private void Enqueue(StoreRequest item)
    {
        _queue.Enqueue(item);

        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _busy) == 0)
            _wake.Release();
        if (_closed)
            RefuseQueued();
    }

    private void Serve()
    {
        while (true)
        {
            _wake.Wait(Sleep());
            while (TryEnter())
            {
                bool closing = _closing;
                _logLimit.Continue();
                RunQueued();
                _completions.Watch();
                if (closing)
                {
                    // The writer stays taken: nobody enters any more.
                    _closed = true;
                    Interlocked.MemoryBarrier();
                    RefuseQueued();
                    _done.SetResult();
                    return;
                }

                Leave();
                if (!HasWork)
                    break;
            }
        }
    }

    /// <summary>How long the thread may sleep, if nobody wakes it.</summary>
    private TimeSpan Sleep()
    {
        // Whoever has the writer wakes the thread when it leaves and there is something to do.
        if (!TryEnter())
            return Timeout.InfiniteTimeSpan;

        TimeSpan? completions = _completions.Due;
        TimeSpan? log = _logLimit.Due;
        Interlocked.Exchange(ref _busy, 0);
        return HasWork ? TimeSpan.Zero
            : completions is null ? log ?? Timeout.InfiniteTimeSpan
            : log is null || completions < log ? completions.Value
            : log.Value;
    }

    private void RunQueued()
    {
        while (true)
        {
            // The batch is what waits now. What comes while it runs is for the next: a subscriber may rely on that.
            SqliteHostTransaction? transaction = null;
            while (_batch.Count < MostPerBatch && transaction is null && _queue.TryDequeue(out StoreRequest? item))
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
                RunBatch();
            if (transaction is not null)
                RunTransaction(transaction);
        }
    }

    private void RunBatch()
    {
        StoreUpdate[] items = [.. _batch];
        _batch.Clear();
        _completions.Watch();
        _runner.Run(items);
        _completions.Add(items);
        _logLimit.AfterCommit();
        _logLimit.Continue();
        Volatile.Write(ref _recentCallers, items.Length > 1 ? LongestMemory : Math.Max(0, _recentCallers - 1));
        if (items.Length > 1)
            WaitForMoreCallers(items.Length);
    }

    private void RunTransaction(SqliteHostTransaction transaction)
    {
        // Its function may read, and would wait for the writer.
        _logLimit.Abandon();
        transaction.Serve();
        _logLimit.AfterCommit();
    }

    /// <summary>
    /// Waits for the callers of the last batch to come back, which they are likely to do at once: a fuller batch is worth more
    /// than an early one.
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

    private bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    private void Leave()
    {
        Interlocked.Exchange(ref _busy, 0);
        if (HasWork || _logLimit.IsHolding)
            _wake.Release();
    }
}
