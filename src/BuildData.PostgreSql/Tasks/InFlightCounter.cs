namespace BuildData.PostgreSql.Tasks;

/// <summary>Counts running operations, so that closing can wait until they have ended. Safe for use by several threads.</summary>
internal sealed class InFlightCounter
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>Counts one more operation.</summary>
    /// <returns>False if the counter is closed; then the operation must not begin.</returns>
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

    /// <summary>Counts one operation less. Each successful <see cref="TryEnter"/> needs exactly one call.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_count == 0 && _closed)
                _none.TrySetResult();
        }
    }

    /// <summary>Refuses new operations, and waits until the running ones have ended.</summary>
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
