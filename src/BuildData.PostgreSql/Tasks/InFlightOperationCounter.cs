namespace BuildData.PostgreSql.Tasks;

/// <summary>
/// Counts running operations. <see cref="Close"/> refuses new operations, and returns a task that completes when the running operations
/// have ended. Thread-safe.
/// </summary>
internal sealed class InFlightOperationCounter
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>Counts an operation that begins.</summary>
    /// <returns>False if the counter is closed. Then the operation must not begin.</returns>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_closed)
                return false;

            _count++;
            return true;
        }
    }

    /// <summary>
    /// Counts an operation that has ended. Must be called exactly once after each <see cref="TryEnter"/> that returned true.
    /// </summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_count == 0 && _closed)
                _none.TrySetResult();
        }
    }

    /// <summary>Refuses new operations.</summary>
    /// <returns>A task that completes when the running operations have ended.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            _closed = true;
            if (_count == 0)
                _none.TrySetResult();
            return _none.Task;
        }
    }
}
