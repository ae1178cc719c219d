namespace BuildData.Tests;

/// <summary>Watches of several paths where several masters commit at the same time, so that snapshots include events that are published later.</summary>
internal sealed class CombinedWatchOfMastersTests() : StoreTests(StoreKinds.PostgreSql)
{
    private const int Writers = 8;
    private const int BuildsPerWriter = 6;
    private const int Joins = 12;

    private static readonly string[] Paths =
        ["/builds", "/builds?complete=false&property=rev", "/builds?property.rev=1", "/steps?results=2", "/builders/b1/steps", "/buildrequests?property=*", "/builds/3/steps", "/sourcestamps"];

    [Test]
    public async Task Watch_SeveralMastersWrite_EachPathEndsAtWhatGetReturns()
    {
        await using Master first = await Open("first");
        await using Master second = await Open("second");
        Master[] masters = [first, second];
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(i => Task.Run(() => Write(masters[i % 2].Data.Updates, i)))];
        var watches = new List<CombinedFollower>();
        for (int i = 0; i < Joins; i++)
        {
            watches.Add(await CombinedFollower.Begin(masters[i % 2].Data, Paths));
            await Task.Delay(10);
        }

        await Task.WhenAll(writers);
        await Until(() => first.Events.Dispatcher.LastPublishedSequence == second.Events.Dispatcher.LastPublishedSequence);

        foreach (Follower path in watches.SelectMany(watch => watch.Paths))
        {
            HashSet<object> last = await path.Last();
            HashSet<object> fresh = await path.Fresh();
            last.SetEquals(fresh).Should().BeTrue("{0} returns {1} and the watch from {2} on ended at {3}", path.Path, fresh.Count, path.Sequence, last.Count);
        }

        watches.SelectMany(watch => watch.Disorder()).Should().BeEmpty();
        watches[0].Paths.Sum(path => path.Seen.Count).Should().BeGreaterThan(100, "the first joined before most of the writes");
    }

    private static async Task Write(Updates updates, int writer)
    {
        for (int i = 0; i < BuildsPerWriter; i++)
        {
            long build = await updates.Build($"b{writer % 3}");
            await updates.SetBuildProperty(build, "rev", (i % 2, "Git"));
            AddedStep step = await updates.NewStep(build, "compile");
            await updates.FinishStep(step.StepId, (BuildResult)(i % 3));
            await updates.SetBuildProperty(build, "rev", (writer % 2, "Git"));
            await updates.FinishBuild(build, BuildResult.Success);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        while (!condition())
            await Task.Delay(10, patience.Token);
    }

    private Task<Master> Open(string name) => Store.Open(options => options.MasterName = name);
}
