namespace BuildData.Stores.Sqlite;

/// <summary>Limits the number of concurrent reads. While the gate is paused, new reads wait. Thread-safe.</summary>
/// <remarks>
/// <para>A read calls <see cref="Enter"/> at its beginning, and <see cref="Leave"/> at its end.</para>
/// <para>Reads do not enter in the order of arrival. A new read enters at once if the gate is not paused and the limit is not reached, even
/// if other reads are waiting. The reason is speed. A waiting read needs a thread of the thread pool to continue. If new reads had to wait
/// behind it while the thread pool is busy, they would be slow as well.</para>
/// <para>When a read ends, it wakes one waiting read. <see cref="Resume"/> and <see cref="Close"/> wake all waiting reads. A read that
/// was woken tries to enter again.</para>
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
    /// Waits until the caller's read may begin. The caller must call <see cref="Leave"/> when the read has ended.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The gate was closed by <see cref="Close"/>.</exception>
    public ValueTask Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return EnterOrQueue() is { } waiting ? Wait(waiting, cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Records that the caller's read has ended. Wakes one waiting read, if there is one.</summary>
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
    /// The function that is called once, when all current reads have ended. The function runs on the thread of the read that ends last. If
    /// there is no current read, the function runs on the caller's thread. If <see cref="Resume"/> is called before the reads have ended,
    /// the function is not called.
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

    /// <summary>Ends the pause that <see cref="Pause"/> began. New and waiting reads can begin.</summary>
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
    /// Closes the gate for ever. All new and waiting calls of <see cref="Enter"/> throw <see cref="ObjectDisposedException"/>.
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

    /// <summary>Enters a read if the read may begin. If not, adds the read to the queue of waiting reads.</summary>
    /// <returns>Null if the read may begin. Otherwise, the source of a task. When the task completes, the read should try again.</returns>
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

    // A cancelled read no longer waits, so the next waiting read is woken instead.
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
