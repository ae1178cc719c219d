namespace BuildData.PostgreSql.Tasks;

/// <summary>Counts what is going on, so that closing can wait for its end.</summary>
internal sealed class InFlightCounter
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>False once it is closed.</summary>
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

    public void Leave()
    {
        lock (_lock)
        {
            if (--_count == 0 && _closed)
                _none.TrySetResult();
        }
    }

    /// <summary>Lets nobody in any more, and waits until all have left.</summary>
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
