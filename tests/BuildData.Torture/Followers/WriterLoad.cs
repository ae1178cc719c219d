using BuildData.Torture.Histories;
using BuildData.Torture.Load;

namespace BuildData.Torture.Followers;

/// <summary>Callers with all kinds of updates, lanes that write logs, and one that removes old builds.</summary>
internal sealed class WriterLoad
{
    private const int Projects = 2;
    private const int CallersOfEach = 2;
    private const int Lanes = 2;
    private const int CallsBetweenRemovals = 60;

    private static readonly TimeSpan AgeOfRemoved = TimeSpan.FromMilliseconds(50);

    private readonly Sitting _sitting;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _callers;
    private readonly Task _lanes;

    private WriterLoad(Sitting sitting, LogBook book, Random random, string prefix, int callsOfEach, IReadOnlyList<Master> masters)
    {
        _sitting = sitting;
        _callers = Task.WhenAll(Enumerable.Range(0, Projects * CallersOfEach).GroupBy(i => i % Projects).SelectMany(project =>
        {
            var (known, history) = (new Known($"{prefix}p{project.Key}"), new CallHistory());
            return project.Select(i => Start(random, own => Call(new ProjectCaller(masters[i % masters.Count], known, history), own, callsOfEach))).ToArray();
        }));
        _lanes = Task.WhenAll(
        [
            .. Enumerable.Range(0, Lanes).Select(i => Start(random, own => new LogLane(i, book).Write(masters[i % masters.Count], sitting.Progress, own, _end.Token))),
            Start(random, _ => RemoveOldBuilds(masters[0])),
        ]);
    }

    /// <summary>Starts to write.</summary>
    /// <param name="sitting">The sitting, whose progress counts the calls.</param>
    /// <param name="book">Where the lanes note their logs.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="prefix">What the names of the projects begin with.</param>
    /// <param name="callsOfEach">How many calls each caller makes.</param>
    /// <param name="masters">The masters that write.</param>
    public static WriterLoad Start(Sitting sitting, LogBook book, Random random, string prefix, int callsOfEach, IReadOnlyList<Master> masters) =>
        new(sitting, book, random, prefix, callsOfEach, masters);

    /// <summary>Waits until all calls are made and all others have ended.</summary>
    public async Task End()
    {
        await _callers;
        await _end.CancelAsync();
        await _lanes;
    }

    /// <summary>Waits until all have noticed that their master is disposed.</summary>
    public async Task EndWithMasters()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_callers, _lanes);
    }

    private Task Start(Random random, Func<Random, Task> write)
    {
        var own = new Random(random.Next());
        return Task.Run(async () =>
        {
            try
            {
                await write(own);
            }
            catch (Exception error) when (error is ObjectDisposedException or StoreException && _sitting.IsClosing)
            {
                // The master is disposed while it is used.
            }
        });
    }

    private async Task Call(ProjectCaller caller, Random random, int calls)
    {
        for (int i = 0; i < calls && !_sitting.IsClosing; i++)
        {
            await caller.Call(random);
            _sitting.Progress.Count();
        }
    }

    private async Task RemoveOldBuilds(Master master)
    {
        while (!_end.IsCancellationRequested)
        {
            await _sitting.Progress.After(CallsBetweenRemovals).WaitAsync(_end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await master.Data.Updates.Prune(new HistoryPolicy(AgeOfRemoved, atLeastPerBuilder: 1));
        }
    }
}
