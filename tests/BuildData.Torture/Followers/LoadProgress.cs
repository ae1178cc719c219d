namespace BuildData.Torture.Followers;

/// <summary>
/// Counts the calls of a load. Who wants to be slow waits for some calls, so that the time it takes depends on what happens meanwhile.
/// Can be used from any thread.
/// </summary>
internal sealed class LoadProgress
{
    private readonly Lock _lock = new();
    private readonly List<(long Calls, TaskCompletionSource Reached)> _waiting = [];
    private long _calls;
    private bool _hasEnded;

    /// <summary>Counts a call.</summary>
    public void Count()
    {
        lock (_lock)
        {
            _calls++;
            Complete(waiting => waiting.Calls <= _calls);
        }
    }

    /// <summary>Lets nobody wait any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Complete(_ => true);
        }
    }

    /// <summary>Waits until there were some more calls, or nobody writes any more.</summary>
    public Task After(int calls)
    {
        lock (_lock)
        {
            if (_hasEnded || calls <= 0)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((_calls + calls, reached));
            return reached.Task;
        }
    }

    private void Complete(Func<(long Calls, TaskCompletionSource Reached), bool> isDue)
    {
        foreach ((long Calls, TaskCompletionSource Reached) waiting in _waiting.Where(isDue).ToArray())
        {
            waiting.Reached.SetResult();
            _waiting.Remove(waiting);
        }
    }
}
