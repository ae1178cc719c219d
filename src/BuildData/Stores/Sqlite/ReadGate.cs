namespace BuildData.Stores.Sqlite;

/// <summary>Lets reads in, up to a number at a time, and can hold new ones back until those inside have left.</summary>
/// <remarks>
/// A read that finds room enters at once, also before others that wait. So a read that has a thread makes progress, and nobody depends
/// on a waiter that can't run because the thread pool is busy. A read that leaves, or the opening of the gate, wakes waiters,
/// which then try again.
/// </remarks>
internal sealed class ReadGate(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _inside;
    private bool _isHeld;
    private Action? _onEmpty;
    private TaskCompletionSource? _closed;

    /// <summary>Enters, as soon as there is room and the gate is not held.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public ValueTask Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryEnter() is { } waiting ? Wait(waiting, cancellationToken) : ValueTask.CompletedTask;
    }

    public void Leave()
    {
        Action? onEmpty = null;
        TaskCompletionSource? closed = null;
        lock (_lock)
        {
            _inside--;
            if (_inside == 0)
                (onEmpty, _onEmpty, closed) = (_onEmpty, null, _closed);
            WakeNext();
        }

        onEmpty?.Invoke();
        closed?.TrySetResult();
    }

    /// <summary>Holds new reads back.</summary>
    /// <param name="onEmpty">Called once nobody is inside, unless the gate is released before.</param>
    public void Hold(Action onEmpty)
    {
        lock (_lock)
        {
            _isHeld = true;
            if (_inside > 0)
            {
                _onEmpty = onEmpty;
                return;
            }
        }

        onEmpty();
    }

    /// <summary>Lets those in who were held back.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _isHeld = false;
            _onEmpty = null;
            WakeAll();
        }
    }

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>A task that completes once nobody is inside.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0)
                _closed.TrySetResult();
            WakeAll();
            return _closed.Task;
        }
    }

    /// <summary>Returns null if the caller has entered.</summary>
    private TaskCompletionSource? TryEnter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed is not null, typeof(Master));
            if (!_isHeld && _inside < capacity)
            {
                _inside++;
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

    // One that was cancelled does not take the wake-up that is for another.
    private void WakeNext()
    {
        while (!_isHeld && _waiting.TryDequeue(out TaskCompletionSource? waiting))
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
}
