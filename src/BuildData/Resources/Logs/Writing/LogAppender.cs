using System.Buffers;
using System.Runtime.ExceptionServices;
using BuildData.Resources.Logs.Chunks;
using BuildData.Values;

namespace BuildData.Resources.Logs.Writing;

/// <summary>
/// Holds the lines of a log that are not stored yet, and stores them in batches. At most one update of the log runs at a time. What is written meanwhile
/// becomes the next batch. Thread-safe.
/// </summary>
/// <remarks>
/// <para>States: <see cref="State.Idle"/> means that no update is due. <see cref="State.Queued"/> means that an update is due, and a thread must begin it.
/// <see cref="State.Running"/> means that one thread encodes a batch, or that the store has the update. All fields are protected by the lock, with one
/// exception: while the state is Running, <c>_batch</c> and <c>_batchText</c> belong to the thread that has set this state.</para>
/// <para>Who begins an update: each change that makes an update due (a write, a flush, the timer, the disposal, the end of an update) sets the state from Idle
/// to Queued, and queues this object to the thread pool. A thread of the pool sets the state from Queued to Running, encodes the batch, and passes the update to
/// the store. So neither the writer's thread nor that of the store compresses lines.</para>
/// <para>Who waits: a write waits for space, and a flush or a disposal waits for the lines. Synchronous waits wait for a pulse of the lock. Asynchronous waits
/// await a task. The end of each update completes these tasks and pulses the lock.</para>
/// <para>Blocked pools: synchronous writes may block all threads of the thread pool. Nobody else would begin an update that is queued. Therefore a synchronous wait
/// starts a thread for the update, if the pool has not begun it within <see cref="MaxPoolDelay"/>. The end of an update is handled on the thread
/// that completes its task, which the store guarantees to happen even then. This code never blocks, except for the short time in which the lock is taken.</para>
/// <para>Failures: the encoded batch stays in <c>_batch</c>, so that the next attempt stores just the same lines with the same expected line number. The store
/// recognizes them if the failed attempt has stored them.</para>
/// </remarks>
internal sealed class LogAppender : IThreadPoolWorkItem
{
    private static readonly TimeSpan MaxPoolDelay = TimeSpan.FromMilliseconds(20);

    private readonly object _lock = new();
    private readonly Queue<(long Length, TaskCompletionSource Stored)> _flushes = new();
    private readonly Updates _updates;
    private readonly LogWriterOptions _options;
    private readonly LineBuffer _lines;
    private readonly ITimer _timer;
    private ArrayBufferWriter<byte>? _spare;
    private ArrayBufferWriter<byte>? _batchText;
    private EncodedLines? _batch;
    private long _batchLength;
    private State _state;

    // The time of the waiting lines, or of the next attempt, has come.
    private bool _isTimeUp;
    private int _blockedWrites;
    private TaskCompletionSource? _spaceFreed;
    private TaskCompletionSource? _closed;

    // The update that runs began before the disposal. The disposal makes an attempt of its own.
    private bool _isAttemptOlderThanClosing;
    private bool _isEnded;
    private Exception? _lastError;
    private Exception? _finalError;
    private long _storedLength;
    private long _storedLines;
    private long _replacedCount;

    public LogAppender(Updates updates, AddedLog log, LogWriterOptions options, LineBuffer lines, TimeProvider clock)
    {
        _updates = updates;
        Log = log;
        _options = options;
        _lines = lines;

        _timer = CreateTimer(clock);
    }

    private enum State
    {
        Idle,
        Queued,
        Running,
    }

    public AddedLog Log { get; }

    public long DroppedLines => Locked(static appender => appender._lines.DroppedLines);

    public long DroppedBytes => Locked(static appender => appender._lines.DroppedBytes);

    public long ReplacedCount => Locked(static appender => appender._replacedCount);

    private long WaitingLength => _lines.TotalLength - _storedLength;

    private bool HasLines => _batch is not null || _batchText is not null || _lines.Length > 0;

    private bool IsDue
    {
        get
        {
            if (_isEnded || _finalError is not null)
                return false;
            if (_closed is not null)
                return true;
            if (!HasLines)
                return false;
            return _isTimeUp || _flushes.Count > 0 || (_lastError is null && (_lines.Length >= _options.BatchSize || _blockedWrites > 0 || _spaceFreed is not null));
        }
    }

    /// <summary>Adds a piece of a stream. Blocks the thread while the buffer is full.</summary>
    public void Write(PartialLine line, ReadOnlySpan<byte> piece)
    {
        lock (_lock)
        {
            while (!HasSpace(line, piece.Length))
            {
                _blockedWrites++;
                BeginIfDue();
                WaitForChange();
                _blockedWrites--;
            }

            Add(line, piece);
        }
    }

    /// <summary>Adds a piece of a stream, if there is space for it.</summary>
    /// <returns>Null if the piece was added; otherwise a task that completes when there may be space.</returns>
    public Task? TryWrite(PartialLine line, ReadOnlySpan<byte> piece)
    {
        lock (_lock)
        {
            if (HasSpace(line, piece.Length))
            {
                Add(line, piece);
                return null;
            }

            _spaceFreed ??= NewCompletion();
            BeginIfDue();
            return _spaceFreed.Task;
        }
    }

    /// <summary>Ends the line of a stream, if it has begun. Does not wait for space.</summary>
    /// <param name="line">The line.</param>
    /// <param name="last">The last bytes of the line.</param>
    public void EndLine(PartialLine line, ReadOnlySpan<byte> last)
    {
        lock (_lock)
        {
            if (_closed is not null)
                return;
            bool wasEmpty = _lines.Length == 0;
            _lines.Add(line, last);
            _lines.EndLine(line);
            StartBatchTime(wasEmpty);
            BeginIfDue();
        }
    }

    /// <summary>Blocks the thread until all lines are stored.</summary>
    public void Flush() => Wait(FlushAsync());

    /// <summary>Returns a task that completes when all lines are stored, and that fails if the next attempt fails.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            ThrowIfUnusable();
            if (WaitingLength == 0)
                return Task.CompletedTask;

            TaskCompletionSource stored = NewCompletion();
            _flushes.Enqueue((_lines.TotalLength, stored));
            BeginIfDue();
            return stored.Task;
        }
    }

    /// <summary>Stores all lines and finishes the log. Blocks the thread until that is done.</summary>
    public void Close() => Wait(CloseAsync());

    /// <summary>Stores all lines and finishes the log.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            if (_isEnded)
                return Task.CompletedTask;
            if (_closed is not null)
                return _closed.Task;

            _closed = NewCompletion();
            _isAttemptOlderThanClosing = _state == State.Running;
            if (_finalError is not null)
                EndClosing(_finalError);
            BeginIfDue();
            SignalWaits();
            return _closed.Task;
        }
    }

    void IThreadPoolWorkItem.Execute() => RunQueuedUpdates();

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The timer must not capture the execution context of the caller.
    private ITimer CreateTimer(TimeProvider clock)
    {
        if (ExecutionContext.IsFlowSuppressed())
            return clock.CreateTimer(static state => ((LogAppender)state!).EndBatchTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        using (ExecutionContext.SuppressFlow())
            return CreateTimer(clock);
    }

    private static void Fail(TaskCompletionSource completion, Exception error)
    {
        completion.TrySetException(error);

        // Nobody awaits the task if a token has cancelled the wait. Then the error is no unobserved one.
        _ = completion.Task.Exception;
    }

    private T Locked<T>(Func<LogAppender, T> read)
    {
        lock (_lock)
            return read(this);
    }

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed is not null, typeof(LogWriter));
        if (_finalError is not null)
            ExceptionDispatchInfo.Throw(_finalError);
    }

    /// <summary>Returns whether a piece can be added.</summary>
    /// <exception cref="StoreException">There is no space, and the last attempt to store lines has failed.</exception>
    private bool HasSpace(PartialLine line, int length)
    {
        ThrowIfUnusable();
        if (_lines.IsCut || WaitingLength == 0 || WaitingLength + line.Length + length <= _options.BufferSize)
            return true;
        if (_lastError is not null)
            throw new StoreException($"The buffer of the log {Log.LogId} is full, because the last attempt to store its lines has failed: {_lastError.Message}", _lastError);
        return false;
    }

    private void Add(PartialLine line, ReadOnlySpan<byte> piece)
    {
        bool wasEmpty = _lines.Length == 0;
        _lines.Add(line, piece);
        StartBatchTime(wasEmpty);
        BeginIfDue();
    }

    private void StartBatchTime(bool wasEmpty)
    {
        if (wasEmpty && _lines.Length > 0)
            RestartTimer();
    }

    private void RestartTimer()
    {
        _isTimeUp = false;
        _timer.Change(_options.BatchTime, Timeout.InfiniteTimeSpan);
    }

    private void EndBatchTime()
    {
        lock (_lock)
        {
            _isTimeUp = true;
            BeginIfDue();
        }
    }

    private void BeginIfDue()
    {
        if (_state != State.Idle || !IsDue)
            return;

        _state = State.Queued;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Wait(Task task)
    {
        lock (_lock)
        {
            while (!task.IsCompleted)
                WaitForChange();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>Waits until the lock is pulsed. The caller has the lock, and checks its condition again.</summary>
    private void WaitForChange()
    {
        if (_state != State.Queued)
        {
            Monitor.Wait(_lock);
            return;
        }

        // No thread of the pool may be free. If no thread can be started either, the caller tries again.
        if (!Monitor.Wait(_lock, MaxPoolDelay) && _state == State.Queued)
            _ = BackgroundThread.TryStart("BuildData log writer", RunQueuedUpdates);
    }

    private void RunQueuedUpdates()
    {
        while (TryBegin())
        {
            Task attempt = RunUpdate();
            if (!attempt.IsCompleted)
            {
                // Not an await: its continuation could need a thread of the pool.
                _ = attempt.ContinueWith(
                    static (ended, state) => ((LogAppender)state!).End(ended, continuesOnThisThread: false),
                    this,
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
                return;
            }

            End(attempt, continuesOnThisThread: true);
        }
    }

    private bool TryBegin()
    {
        lock (_lock)
        {
            if (_state != State.Queued)
                return false;

            _state = State.Running;
            _isTimeUp = false;
            if (_batch is null && _batchText is null && _lines.Length > 0)
            {
                _batchText = _lines.Take(_spare ?? new ArrayBufferWriter<byte>());
                _batchLength = _batchText.WrittenCount;
                _spare = null;
            }

            return true;
        }
    }

    /// <summary>Encodes the batch, if it is not encoded yet, and passes it to the store. Without a batch, finishes the log.</summary>
    private Task RunUpdate()
    {
        try
        {
            if (_batchText is { } text)
            {
                _batch = LogEncoder.Encode(text.WrittenSpan, nameof(text));
                _batchText = null;
                text.ResetWrittenCount();
                _spare = text.Capacity <= _options.BufferSize ? text : null;
            }

            return _batch is { } batch
                ? _updates.AppendLog(Log.LogId, batch, _storedLines, nameof(Updates.AppendLog), CancellationToken.None)
                : _updates.FinishLog(Log.LogId, CancellationToken.None);
        }
#pragma warning disable CA1031 // The error goes to those who wait for the lines.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Task.FromException(error);
        }
    }

    private void End(Task attempt, bool continuesOnThisThread)
    {
        lock (_lock)
        {
            _state = State.Idle;
            if (!attempt.IsCompletedSuccessfully)
                EndFailed(attempt.Exception?.InnerException ?? new OperationCanceledException());
            else if (_batch is { } batch)
                EndStored(batch);
            else
                EndClosing(error: null);
            _isAttemptOlderThanClosing = false;

            if (!continuesOnThisThread)
                BeginIfDue();
            else if (IsDue)
                _state = State.Queued;
            SignalWaits();
        }
    }

    private void EndStored(EncodedLines batch)
    {
        _batch = null;
        _lastError = null;
        _storedLength += _batchLength;
        _storedLines += batch.LineCount;
        _replacedCount += batch.ReplacedCount;
        while (_flushes.TryPeek(out (long Length, TaskCompletionSource Stored) flush) && flush.Length <= _storedLength)
            _flushes.Dequeue().Stored.TrySetResult();
    }

    private void EndFailed(Exception error)
    {
        _lastError = error;

        // Nobody can add lines to the log any more: it is finished, it does not exist, or the master is disposed.
        if (error is UpdateRefusedException or ResourceNotFoundException or ObjectDisposedException)
            _finalError = error;
        while (_flushes.TryDequeue(out (long Length, TaskCompletionSource Stored) flush))
            Fail(flush.Stored, error);
        if (_closed is not null && (_finalError is not null || !_isAttemptOlderThanClosing))
            EndClosing(error);
        else if (_finalError is null)
            RestartTimer();
    }

    /// <summary>Ends the disposal. Lines that are not stored are lost.</summary>
    private void EndClosing(Exception? error)
    {
        _isEnded = true;
        _timer.Dispose();
        if (error is null)
            _closed!.TrySetResult();
        else if (WaitingLength > 0)
            Fail(_closed!, new StoreException($"The last lines of the log {Log.LogId} ({WaitingLength} bytes) could not be stored, and are lost: {error.Message}", error));
        else
            Fail(_closed!, error);
        (_batch, _batchText, _spare) = (null, null, null);
    }

    private void SignalWaits()
    {
        _spaceFreed?.TrySetResult();
        _spaceFreed = null;
        Monitor.PulseAll(_lock);
    }
}
