using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Groups updates into batches, and runs several batches at the same time, each on its own connection. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A batch is a list of updates that share a transaction. An update waits in the queue until a batch takes it. Batches take updates in the
/// order of the queue. A batch leaves out each update that needs a row of a running batch. It also leaves out all later updates of the rows
/// that the left-out updates need. Therefore updates of the same row run in order, and no batch of this process waits on the server for
/// another batch.
/// </para>
/// <para>
/// If another session has locked rows of an update, the update returns to the head of the queue. If the rows are still locked at the second
/// attempt, the scheduler runs the update in a batch that waits for these rows. Such a batch takes further updates only if they need no
/// other rows.
/// </para>
/// <para>
/// If another session has locked a whole table, one batch waits for that table. Until that batch ends, later updates of the
/// same tables stay in the queue.
/// </para>
/// <para>
/// Usually at most two batches run at the same time. A batch is slow if it has run for more than 50 milliseconds: its commit takes long, or
/// the server waits for another session. While a batch is slow, a further batch may run, but at most eight batches in total. In addition,
/// up to sixteen batches may wait for locked rows.
/// </para>
/// <para>
/// One loop (<see cref="Run()"/>) begins batches. The loop waits for a signal, which is set when the queue has enough updates, when a batch
/// ends, and when the scheduler closes.
/// </para>
/// <para>
/// If nothing is running and at most one update is expected, the caller's own thread begins the batch instead of the loop.
/// This saves a switch between threads.
/// </para>
/// </remarks>
internal sealed class BatchScheduler : IAsyncDisposable
{
    private const int UsualBatches = 2;
    private const int MaxBatches = 8;
    private const int MaxWaitingBatches = 16;

    private static readonly TimeSpan SlowBatch = TimeSpan.FromMilliseconds(50);

    private readonly StoreContext _context;
    private readonly Func<BatchConnection> _createConnection;
    private readonly Lock _lock = new();
    private readonly UpdateQueue _queue = new();
    private readonly HashSet<RunningBatch> _runningBatches = [];
    private readonly HashSet<RunningBatch> _waitingBatches = [];
    private readonly Stack<BatchConnection> _idleConnections = new();
    private readonly BatchStartDelay _delay = new();
    private readonly Task _loop;

    // Completed to signal the loop. The loop then replaces it.
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The number of updates in the queue at which the loop is signalled.
    private int _signalCount = 1;
    private bool _closing;

    /// <param name="context">The context of the store.</param>
    /// <param name="createConnection">Creates a connection for batches. Called under a lock, so it must not connect yet.</param>
    public BatchScheduler(StoreContext context, Func<BatchConnection> createConnection)
    {
        (_context, _createConnection) = (context, createConnection);
        _loop = BackgroundLoop.StartWithoutExecutionContext(Run);
    }

    /// <summary>Gets the number of updates in the queue.</summary>
    public int QueuedCount
    {
        get
        {
            lock (_lock)
                return _queue.Count;
        }
    }

    private bool CanStartBatch => _runningBatches.Count < UsualBatches || (_runningBatches.Count < MaxBatches && _runningBatches.Count(IsFast) < UsualBatches);

    /// <summary>
    /// Accepts an update, and runs the update in a batch, at once or later. Completes the update when that batch has ended.
    /// </summary>
    /// <remarks>
    /// If the scheduler is closed, completes the update at once with an <see cref="ObjectDisposedException"/>.
    /// </remarks>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancels the update if no batch has taken it yet.</param>
    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        update.CancelWith(cancellationToken);
        var pending = new PendingUpdate(update, update.PrefetchPlan(_context.Options));
        RunningBatch? single = null;
        lock (_lock)
        {
            if (!_closing)
            {
                if (!CanRunOnCallersThread(pending))
                    _queue.Add(pending);
                else if (pending.TryBegin())
                    single = Begin([pending], waitsForLocks: false);
                SignalIfEnough();
                if (single is null)
                    return;
            }
        }

        if (single is not null)
        {
            _ = Run(single, isCallersThread: true);
            return;
        }

        if (!pending.TryBegin())
            return;
        update.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([update]);
    }

    /// <summary>Accepts one last update, and refuses all later updates.</summary>
    public void Close(StoreUpdate last)
    {
        lock (_lock)
        {
            _closing = true;
            _queue.Add(new PendingUpdate(last, last.PrefetchPlan(_context.Options)));
            _signal.TrySetResult();
        }
    }

    /// <summary>Refuses new updates, and waits until all accepted updates have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _closing = true;
            _signal.TrySetResult();
        }

        await _loop.ConfigureAwait(false);
        foreach (BatchConnection connection in _idleConnections)
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Returns whether the caller's thread can begin a batch of only this update, because no other updates are expected.
    /// </summary>
    private bool CanRunOnCallersThread(PendingUpdate pending) =>
        _queue.Count == 0 && _runningBatches.Count == 0 && _waitingBatches.Count == 0 && _delay.ExpectsAtMostOneUpdate && !pending.MustWaitForLocks;

    private void SignalIfEnough()
    {
        if (_queue.Count >= _signalCount)
            _signal.TrySetResult();
    }

    /// <summary>Begins batches until the scheduler is closed and all updates have ended.</summary>
    private async Task Run()
    {
        while (true)
        {
            RunningBatch? batch;
            Task signal;
            TimeSpan? timeout;
            lock (_lock)
            {
                // This removes cancelled updates from the queue. So afterwards the queue may be empty although no batch has begun, and nobody
                // would signal the loop again.
                batch = TryBeginNext();
                if (_closing && _queue.Count == 0 && _runningBatches.Count == 0 && _waitingBatches.Count == 0)
                    return;

                // The signal is renewed under the lock. So the loop misses no update that arrives later.
                if (_signal.Task.IsCompleted)
                    _signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                signal = _signal.Task;
                _signalCount = _delay.IsRunning ? _queue.MustWaitForLocksCount + _delay.MinUpdatesToStart : _queue.Count + 1;
                timeout = _delay.IsRunning ? BatchStartDelay.MaxDuration : _queue.Count > 0 && !CanStartBatch ? SlowBatch : null;
            }

            if (batch is not null)
                _ = Run(batch);
            else if (timeout is { } time)
                await Task.WhenAny(signal, Task.Delay(time)).ConfigureAwait(false);
            else
                await signal.ConfigureAwait(false);
        }
    }

    /// <summary>Begins the next batch, if there is one.</summary>
    /// <returns>The batch, which the caller must run; null if no batch can begin now.</returns>
    private RunningBatch? TryBeginNext()
    {
        if (_queue.MustWaitForLocksCount > 0 && _waitingBatches.Count < MaxWaitingBatches && _queue.TakeWaitingBatch() is { Count: > 0 } waiting)
            return Begin(waiting, waitsForLocks: true);
        if (_queue.CanSkipLocksCount == 0 || !CanStartBatch)
        {
            _delay.End();
            return null;
        }

        // Slow batches do not count, because their callers will not write again soon.
        int running = _runningBatches.Where(IsFast).Sum(batch => batch.Updates.Count);
        if (!_closing && _delay.DelayIfMoreUpdatesAreExpected(_queue.CanSkipLocksCount, running))
            return null;

        List<PendingUpdate> taken = _queue.TakeNonWaitingBatch();
        return taken.Count == 0 ? null : Begin(taken, waitsForLocks: false);
    }

    /// <summary>Returns whether a batch has been running for less than 50 milliseconds.</summary>
    private static bool IsFast(RunningBatch batch) => Environment.TickCount64 - batch.StartedAt < SlowBatch.TotalMilliseconds;

    /// <summary>
    /// Creates a batch and assigns a connection to it. Records the rows of the batch, so that other batches of this process
    /// leave out updates of these rows. The caller must run the batch.
    /// </summary>
    /// <param name="updates">The updates of the batch.</param>
    /// <param name="waitsForLocks">Whether the batch waits for rows and tables that other sessions have locked.</param>
    /// <param name="blocksUpdatesOfSameTables">
    /// Whether later updates of the same tables stay in the queue until the batch ends.
    /// </param>
    private RunningBatch Begin(List<PendingUpdate> updates, bool waitsForLocks, bool blocksUpdatesOfSameTables = false)
    {
        // The batch locks its tables first only if a locked table would delay other updates. These are updates of other tables in
        // this batch, or updates of other batches.
        bool isMixed = updates.Any(update => update.Plan.Tables != updates[0].Plan.Tables);
        bool locksTables = blocksUpdatesOfSameTables || (!waitsForLocks && (isMixed || _runningBatches.Count + _waitingBatches.Count > 0));
        BatchConnection connection = _idleConnections.TryPop(out BatchConnection? idle) ? idle : _createConnection();
        var batch = new RunningBatch(updates, connection, locksTables, waitsForLocks) { BlocksUpdatesOfSameTables = blocksUpdatesOfSameTables };
        (waitsForLocks ? _waitingBatches : _runningBatches).Add(batch);
        _queue.ReserveRowsOf(updates, blocksUpdatesOfSameTables);
        return batch;
    }

    /// <summary>
    /// Runs a batch. Then lets other batches use the rows of this batch. At the end, completes the updates of this batch.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="isCallersThread">
    /// Whether the batch has one update, and began on the thread of that update's caller.
    /// </param>
    private async Task Run(RunningBatch batch, bool isCallersThread = false)
    {
        StoreUpdate[] updates = [.. batch.Updates.Select(pending => pending.Update)];
        var runner = new BatchRunner(batch.Connection, _context);
        BatchResult result = await runner.Run(updates, new BatchOptions(batch.LocksTables, batch.WaitsForLocks)).ConfigureAwait(false);
        List<PendingUpdate> blocked = Pending(batch, result.Blocked);
        List<PendingUpdate> tableBlocked = Pending(batch, result.TableBlocked);
        RunningBatch[] waitingBatches = [];
        bool keepsConnection;
        lock (_lock)
        {
            (batch.WaitsForLocks ? _waitingBatches : _runningBatches).Remove(batch);
            _queue.ReleaseRowsOf(batch.Updates, batch.BlocksUpdatesOfSameTables);
            blocked.ForEach(update => update.RecordBlockedByLock());
            _queue.PutBack(blocked);
            keepsConnection = _idleConnections.Count < UsualBatches;
            if (keepsConnection)
                _idleConnections.Push(batch.Connection);

            // For each set of locked tables, one batch waits.
            if (tableBlocked.Count > 0)
                waitingBatches = [.. tableBlocked.GroupBy(update => update.Plan.Tables).Select(group => Begin([.. group], waitsForLocks: true, blocksUpdatesOfSameTables: true))];
            if (_queue.Count > 0 || _closing)
                _signal.TrySetResult();
        }

        try
        {
            // The logger belongs to the host, and may throw.
            Report(blocked, tableBlocked);
        }
        finally
        {
            foreach (RunningBatch waiting in waitingBatches)
                _ = Run(waiting);
            if (!keepsConnection)
                await batch.Connection.DisposeAsync().ConfigureAwait(false);
            Complete(updates, result, isCallersThread);
        }
    }

    private static List<PendingUpdate> Pending(RunningBatch batch, IReadOnlyCollection<StoreUpdate> left) =>
        left.Count == 0 ? [] : [.. batch.Updates.Where(pending => left.Contains(pending.Update))];

    /// <summary>Completes the updates of a batch, except the updates that the batch has left out.</summary>
    /// <remarks>
    /// Code of the host program waits for each update, and continues when the update is completed. If the batch began on the caller's
    /// thread, this code continues on the current thread. Otherwise this code continues on the thread pool. The reason is that the code may
    /// block its thread, and the current thread may be the thread of the loop.
    /// </remarks>
    /// <param name="updates">All updates of the batch.</param>
    /// <param name="result">The result of the batch. It lists the updates that the batch has left out.</param>
    /// <param name="isCallersThread">
    /// Whether the batch has one update, and began on the thread of that update's caller.
    /// </param>
    private static void Complete(StoreUpdate[] updates, BatchResult result, bool isCallersThread)
    {
        if (ReferenceEquals(result, BatchResult.Done))
        {
            if (isCallersThread)
                updates[0].Complete();
            else
                StoreRequest.CompleteAll(updates);
            return;
        }

        StoreRequest.CompleteAll([.. updates.Except(result.Blocked).Except(result.TableBlocked)]);
    }

    /// <summary>Logs and counts the updates that a batch has left out because of locks.</summary>
    /// <param name="blocked">The updates whose rows other sessions have locked.</param>
    /// <param name="tableBlocked">The updates for which another session has locked a whole table.</param>
    private void Report(List<PendingUpdate> blocked, List<PendingUpdate> tableBlocked)
    {
        if (blocked.Count > 0)
            Log.RowsLocked(_context.Logger, blocked.Count);
        if (tableBlocked.Count > 0)
            Log.TableLocked(_context.Logger, tableBlocked.Count, string.Join(", ", _context.TableNames(tableBlocked[0].Plan.Tables)));
        _context.Telemetry.UpdatesBlocked(blocked.Count + tableBlocked.Count);
    }
}
