namespace BuildData.StoreContracts;

/// <summary>An update that has begun and stands still until it is released. The updates behind it wait.</summary>
public sealed class BlockedUpdate : IDisposable
{
    private readonly TaskCompletionSource _released;

    private BlockedUpdate(Task completion, TaskCompletionSource released) => (Completion, _released) = (completion, released);

    /// <summary>Gets the task of the update.</summary>
    public Task Completion { get; }

    /// <summary>Starts an update on another thread, and waits until it stands still.</summary>
    public static async Task<BlockedUpdate> Start(TestClock clock, Func<Task> update)
    {
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource();

        // An update reads the clock when its turn has come.
        clock.BeforeGetUtcNow = () =>
        {
            clock.BeforeGetUtcNow = null;
            blocked.SetResult();
            released.Task.Wait(Given.Patience);
        };
        Task completion = Task.Run(update);
        await blocked.Task.WaitAsync(Given.Patience);
        return new BlockedUpdate(completion, released);
    }

    /// <summary>Lets the update continue.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Lets the update continue, if it still waits.</summary>
    public void Dispose() => Release();
}
