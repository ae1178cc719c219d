using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates one batch at a time. An update that finds the writer at rest, and has not met others of late, runs on its
/// caller's thread; the others are queued, and a thread of the writer's own takes all that wait into one batch.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // More in one transaction saves nothing, and the first would wait for the last.
    private const int MostPerBatch = 4096;

    // Where updates have met they are likely to meet again, and one that ran alone would keep the others waiting for its commit.
    // After so many batches of one, a caller counts as alone again.
    private const int LongestMemory = 32;

    private static readonly TimeSpan MostLinger = TimeSpan.FromMicroseconds(60);

    private readonly ConcurrentQueue<StoreRequest> _queue = new();
    private readonly List<StoreUpdate> _batch = [];
    private readonly StoreUpdate[] _single = new StoreUpdate[1];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteBatch _runner;
    private readonly Thread _thread;
    private int _busy;
    private int _company;
    private volatile bool _closing;
    private volatile bool _closed;

    public SqliteWriter(SqliteBatch runner)
    {
        _runner = runner;
        _thread = new Thread(Serve) { Name = "BuildData writer", IsBackground = true };

        // Not with the context of whoever happens to open the store.
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

        if (Volatile.Read(ref _company) == 0 && _queue.IsEmpty && TryEnter())
        {
            try
            {
                item.TryTake();
                _single[0] = item;
                _runner.Run(_single);
                _single[0] = null!;
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
    }

    private void Enqueue(StoreRequest item)
    {
        _queue.Enqueue(item);

        // Whoever has the writer looks at the queue after leaving it, so one of the two sees the other.
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
            _wake.Wait();
            while (TryEnter())
            {
                bool closing = _closing;
                RunQueued();
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
                if (_queue.IsEmpty && !_closing)
                    break;
            }
        }
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
            transaction?.Serve();
        }
    }

    private void RunBatch()
    {
        StoreUpdate[] items = [.. _batch];
        _batch.Clear();
        _runner.Run(items);
        StoreRequest.CompleteAll(items);
        Volatile.Write(ref _company, items.Length > 1 ? LongestMemory : Math.Max(0, _company - 1));
        if (items.Length > 1)
            Linger(items.Length);
    }

    /// <summary>
    /// Waits for the callers of the last batch to come back, which they are likely to do at once: a fuller batch is worth more
    /// than an early one.
    /// </summary>
    private void Linger(int callers)
    {
        long start = Stopwatch.GetTimestamp();
        while (_queue.Count < callers && Stopwatch.GetElapsedTime(start) < MostLinger)
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
        if (!_queue.IsEmpty || _closing)
            _wake.Release();
    }
}
