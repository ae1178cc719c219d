namespace BuildData.Stores.Sqlite;

/// <summary>Limits the number of concurrent reads. Can make new reads wait until the current ones have ended.</summary>
/// <remarks>
/// <para>A read enters at once if the gate is open and the number of reads is below the limit, even if other reads are waiting.
/// Reads do not enter in the order of their arrival, because a waiting read needs a thread of the pool to continue. While the pool is busy, it would
/// delay all reads behind it.</para>
/// <para>When a read leaves, it wakes one waiting read. Reopening or closing the gate wakes all of them. A woken read tries to enter
/// again. Thread-safe.</para>
/// </remarks>
internal sealed class ReadGate(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _reading;
    private bool _isPaused;
    private Action? _onEmpty;
    private TaskCompletionSource? _closed;

    /// <summary>Waits until the read may begin, and counts it. The caller must call <see cref="Leave"/> when the read has ended.</summary>
    /// <exception cref="ObjectDisposedException">The gate was closed by <see cref="Close"/>.</exception>
    public ValueTask Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryEnter() is { } waiting ? Wait(waiting, cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Records that a read has ended.</summary>
    public void Leave()
    {
        Action? onEmpty = null;
        TaskCompletionSource? closed = null;
        lock (_lock)
        {
            _reading--;
            if (_reading == 0)
                (onEmpty, _onEmpty, closed) = (_onEmpty, null, _closed);
            WakeNext();
        }

        onEmpty?.Invoke();
        closed?.TrySetResult();
    }

    /// <summary>Makes new reads wait until <see cref="Resume"/> is called.</summary>
    /// <param name="onEmpty">
    /// Called once all current reads have ended, on the thread of the last one or on the caller's thread. Not called if
    /// <see cref="Resume"/> is called before.
    /// </param>
    public void Pause(Action onEmpty)
    {
        lock (_lock)
        {
            _isPaused = true;
            if (_reading > 0)
            {
                _onEmpty = onEmpty;
                return;
            }
        }

        onEmpty();
    }

    /// <summary>Lets new and waiting reads begin.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _isPaused = false;
            _onEmpty = null;
            WakeAll();
        }
    }

    /// <summary>Refuses new and waiting reads for good.</summary>
    /// <returns>A task that completes when all current reads have ended.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_reading == 0)
                _closed.TrySetResult();
            WakeAll();
            return _closed.Task;
        }
    }

    /// <summary>Counts the read if it may begin; otherwise queues it.</summary>
    /// <returns>Null if the read may begin; otherwise a source that is completed when the read should try again.</returns>
    private TaskCompletionSource? TryEnter()
    {
        lock (_lock)
        {
            if (_closed is not null)
                throw Disposed();
            if (!_isPaused && _reading < capacity)
            {
                _reading++;
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
            next = TryEnter();
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
