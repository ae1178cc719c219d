namespace BuildData.Tests;

/// <summary>Runs callers that make one update after another until they are stopped.</summary>
internal sealed class SteadyLoad
{
    private readonly long[] _completed;
    private readonly Task[] _callers;
    private volatile bool _isStopping;

    private SteadyLoad(int callers, Func<int, long, Task> update)
    {
        _completed = new long[callers];
        _callers = [.. Enumerable.Range(0, callers).Select(caller => Task.Run(() => Run(caller, update)))];
    }

    /// <summary>Starts callers.</summary>
    /// <param name="callers">The number of callers.</param>
    /// <param name="update">Makes one update. It gets the number of the caller and the number of updates that the caller has completed.</param>
    public static SteadyLoad Start(int callers, Func<int, long, Task> update) => new(callers, update);

    /// <summary>Waits until every caller has completed more updates.</summary>
    public async Task GoesOn(int updates = 3)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        long[] wanted = [.. Enumerable.Range(0, _callers.Length).Select(caller => Completed(caller) + updates)];
        while (Behind(wanted) is { Length: > 0 } behind)
        {
            foreach (Task failed in _callers.Where(caller => caller.IsFaulted))
                await failed;
            if (patience.IsCancellationRequested)
                Assert.Fail($"{behind.Length} of {_callers.Length} callers do not go on: {string.Join(", ", behind)}.");
            await Task.Delay(10);
        }
    }

    /// <summary>Ends every caller after its update, and throws if one has failed.</summary>
    public Task Stop()
    {
        _isStopping = true;
        return Task.WhenAll(_callers).WaitAsync(Given.Patience);
    }

    private int[] Behind(long[] wanted) => [.. Enumerable.Range(0, _callers.Length).Where(caller => Completed(caller) < wanted[caller])];

    private long Completed(int caller) => Interlocked.Read(ref _completed[caller]);

    private async Task Run(int caller, Func<int, long, Task> update)
    {
        while (!_isStopping)
        {
            await update(caller, _completed[caller]);
            Interlocked.Increment(ref _completed[caller]);
        }
    }
}
