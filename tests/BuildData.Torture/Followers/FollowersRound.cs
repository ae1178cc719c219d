using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>A store that is opened some times. Each time some write and others follow, until nobody writes any more or the masters are disposed.</summary>
/// <param name="run">The run.</param>
/// <param name="part">The part.</param>
/// <param name="random">The random numbers of the round.</param>
/// <param name="store">The store.</param>
internal sealed class FollowersRound(CheckRun run, FollowersPart part, Random random, FollowedStore store)
{
    private const int Sittings = 4;
    private const int CallsOfEach = 60;
    private const int MostCallsBeforeCut = 250;

    private readonly LogBook _book = new();

    public static async Task Run(CheckRun run, FollowersPart part, Random random)
    {
        await using FollowedStore store = await FollowedStore.Create(part);
        await new FollowersRound(run, part, random, store).Run();
    }

    private async Task Run()
    {
        IFollower[] followers = [.. part.Create(run, random, _book)];
        for (int i = 0; i < Sittings; i++)
        {
            if (i > 0 && !part.IsServer && !part.Expires && random.Next(3) == 0)
            {
                await store.WriteAndKill($"k{i}", random);
                run.Count("processes that wrote meanwhile and were killed");
            }

            Sitting sitting = await store.Open(random.Next(3) == 0 ? 65_536 : part.LeastBuffer + random.Next(200));
            Task[] following = [.. followers.Select(follower => Task.Run(() => follower.Follow(sitting)))];
            WriterLoad load = WriterLoad.Start(sitting, _book, random, $"s{i}", CallsOfEach, sitting.Masters);
            if (i == Sittings - 1 || random.Next(2) == 0)
                await EndQuietly(sitting, load, followers, following);
            else
                await Cut(sitting, load, followers, following);
        }
    }

    private async Task EndQuietly(Sitting sitting, WriterLoad load, IFollower[] followers, Task[] following)
    {
        if (part.Expires)
        {
            await sitting.Progress.After(random.Next(1, MostCallsBeforeCut));
            store.ExpireEvents();
        }

        await WaitFor(load.End(), following, "The load has not ended.");
        Updates updates = sitting.Masters[0].Data.Updates;
        foreach (long log in _book.All)
        {
            try
            {
                await updates.FinishLog(log);
            }
            catch (ResourceNotFoundException)
            {
                // It was removed with its build.
            }
        }

        AddedBuildset marker = await updates.AddBuildset(reason: QuietState.Marker);
        sitting.BecomeQuiet(new QuietState(await store.Records.Read(), marker.BuildsetId));
        await AwaitAll(followers, following, "is not complete");
        run.Count("sittings that ended quietly");
        sitting.Close();
        await store.Close();
    }

    private async Task Cut(Sitting sitting, WriterLoad load, IFollower[] followers, Task[] following)
    {
        await WaitFor(sitting.Progress.After(random.Next(1, MostCallsBeforeCut)), following, "The load does not go on.");
        sitting.Close();
        await store.Close();
        await AwaitAll(followers, following, "has not ended");
        await WaitFor(load.EndWithMasters(), [], "The load has not ended with its master.");
        run.Count("sittings that were cut short");
    }

    private static async Task AwaitAll(IFollower[] followers, Task[] following, string fault)
    {
        try
        {
            await Task.WhenAll(following).WaitAsync(Sitting.Patience);
        }
        catch (TimeoutException)
        {
            IEnumerable<string> late = followers.Zip(following).Where(pair => !pair.Second.IsCompleted).Select(pair => pair.First.Describe());
            throw new ViolationException($"After {Sitting.Patience.TotalSeconds} seconds, a follower {fault}. {string.Join('\n', late)}");
        }
    }

    /// <summary>Waits for a task, but not for one of followers that have failed.</summary>
    private static async Task WaitFor(Task task, Task[] following, string fault)
    {
        Task failure = Task.WhenAny([.. following.Select(one => one.ContinueWith(done => done.IsFaulted ? done : Task.Delay(Timeout.Infinite), TaskScheduler.Default).Unwrap()), Task.Delay(Timeout.Infinite)]).Unwrap();
        try
        {
            await await Task.WhenAny(task, failure).WaitAsync(4 * Sitting.Patience);
        }
        catch (TimeoutException)
        {
            throw new ViolationException(fault);
        }
    }
}
