namespace BuildData.Stores.Sqlite;

/// <summary>Limits the number of concurrent reads, and can make all new reads wait for a time. Thread-safe.</summary>
/// <remarks>
/// <para>A new read enters at once if the gate is not paused and the number of current reads is below the limit. It does so even if
/// other reads are waiting. Entering in the order of arrival would be slow: a waiting read needs a thread of the pool to continue. If
/// the pool is busy, that read would delay all reads behind it.</para>
/// <para>When a read ends, it wakes one waiting read. <see cref="Resume"/> and <see cref="Close"/> wake all waiting reads. A woken read
/// tries to enter again.</para>
/// </remarks>
/// <param name="capacity">The maximum number of concurrent reads.</param>
internal sealed class ReadGate(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _readCount;
    private bool _isPaused;
    private Action? _onReadsEnded;
    private TaskCompletionSource? _closed;

    /// <summary>
    /// Waits until a read may begin, and counts the read. The caller must call <see cref="Leave"/> when the read has ended.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The gate was closed by <see cref="Close"/>.</exception>
    public ValueTask Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return EnterOrQueue() is { } waiting ? Wait(waiting, cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Records that a read has ended. Wakes a waiting read, if there is one.</summary>
    public void Leave()
    {
        Action? onReadsEnded = null;
        TaskCompletionSource? closed = null;
        lock (_lock)
        {
            _readCount--;
            if (_readCount == 0)
                (onReadsEnded, _onReadsEnded, closed) = (_onReadsEnded, null, _closed);
            WakeNext();
        }

        onReadsEnded?.Invoke();
        closed?.TrySetResult();
    }

    /// <summary>Makes new reads wait until <see cref="Resume"/> is called.</summary>
    /// <param name="onReadsEnded">
    /// Called once, when all current reads have ended. Runs on the thread of the last read to end, or on the caller's thread if there is
    /// no read. Not called if <see cref="Resume"/> is called first.
    /// </param>
    public void Pause(Action onReadsEnded)
    {
        lock (_lock)
        {
            _isPaused = true;
            if (_readCount > 0)
            {
                _onReadsEnded = onReadsEnded;
                return;
            }
        }

        onReadsEnded();
    }

    /// <summary>Ends the pause: lets new and waiting reads begin.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _isPaused = false;
            _onReadsEnded = null;
            WakeAll();
        }
    }

    /// <summary>
    /// Makes all new and waiting reads fail with <see cref="ObjectDisposedException"/>, from now on. The gate can't be opened again.
    /// </summary>
    /// <returns>A task that completes when all current reads have ended.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_readCount == 0)
                _closed.TrySetResult();
            WakeAll();
            return _closed.Task;
        }
    }

    /// <summary>Counts a read if it may begin. If not, queues the read.</summary>
    /// <returns>Null if the read may begin; otherwise a source whose task completes when the read should try again.</returns>
    private TaskCompletionSource? EnterOrQueue()
    {
        lock (_lock)
        {
            if (_closed is not null)
                throw Disposed();
            if (!_isPaused && _readCount < capacity)
            {
                _readCount++;
                return null;
            }

            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiting);
            return waiting;
        }
    }

    private async ValueTask Wait(TaskCompletionSource waiting, CancellationToken cancellationToken)
    {
        TaskCompletionSource? next = waiting;
        while (next is not null)
        {
            using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), next))
                await next.Task.ConfigureAwait(false);
            next = EnterOrQueue();
        }
    }

    // A cancelled read can't use the wake-up, so the next waiting read gets it.
    private void WakeNext()
    {
        while (!_isPaused && _waiting.TryDequeue(out TaskCompletionSource? waiting))
        {
            if (waiting.TrySetResult())
                return;
        }
    }

    private void WakeAll()
    {
        while (_waiting.TryDequeue(out TaskCompletionSource? waiting))
            waiting.TrySetResult();
    }

    // Users know the master, not this class.
    private static ObjectDisposedException Disposed() => new(nameof(Master));
}
