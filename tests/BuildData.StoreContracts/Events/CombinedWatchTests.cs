using System.Text;
using System.Text.Json;

namespace BuildData.StoreContracts;

/// <summary>One watch of several paths has for each path what a watch of this path alone has.</summary>
public abstract class CombinedWatchTests(StoreKind kind) : MasterTests(kind)
{
    private const int MostPaths = 64;
    private const int PathsPerEndpoint = 4;

    // Large enough for the changes of a small world.
    private const int Buffer = 5_000;

    protected override void Configure(BuildDataOptions options) => options.SubscriberBuffer = Buffer;

    [Test]
    public async Task Watch_PathsOfAllEndpoints_EachEndsAsAWatchOfItsOwnAndAsGet()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync($"seed {seed}");
        var random = new Random(seed);
        var world = new SmallWorld(Updates, Clock);
        var followers = new List<(Follower OfSeveral, Follower OfOne)>();
        var watches = new List<CombinedFollower>();
        for (int grown = 0; grown < 3; grown++)
        {
            // Some begin before there is anything, some after their resource was added, some before it is.
            foreach (string[] paths in ManyPaths(random).Chunk(MostPaths))
            {
                CombinedFollower watch = await CombinedFollower.Begin(Data, paths);
                watches.Add(watch);
                foreach (Follower follower in watch.Paths)
                    followers.Add((follower, await Follower.Begin(Data, follower.Path)));
            }

            await world.Grow();
        }

        foreach ((Follower ofSeveral, Follower ofOne) in followers)
        {
            HashSet<object> last = await ofSeveral.Last();
            last.Should().HaveCount((await ofOne.Last()).Count, "of {0}", ofOne.Path);
            last.Except(await ofOne.Last()).Should().BeEmpty("a watch of {0} has the same", ofOne.Path);
            last.Except(await ofOne.Fresh()).Should().BeEmpty("Get returns the same for {0}", ofOne.Path);
        }

        watches.SelectMany(watch => watch.Disorder()).Should().BeEmpty();
        followers.Sum(follower => follower.OfSeveral.Seen.Count).Should().BeGreaterThan(1000, "a law of nothing proves nothing");
    }

    [Test]
    public async Task Watch_EventThatChangesSeveralPaths_IsAChangeOfEachInTheirOrder()
    {
        long stepId = await Updates.Step();
        await using CombinedWatch watch = await Data.Watch(["/builds/1/steps", "/steps?results=2", "/builds/1", "/builds/1/steps"]);

        await Updates.StartStep(stepId);
        await Updates.FinishStep(stepId, BuildResult.Failure);
        await Updates.FinishBuild(1, BuildResult.Failure);

        watch.InitialResults.Select(result => result.Query.Path).Should().Equal("/builds/1/steps", "/steps", "/builds/1", "/builds/1/steps");
        watch.InitialResults.Select(result => result.Total).Should().Equal(1, 0, null, 1);
        List<CombinedWatchChange> changes = await Next(watch, 6);
        changes.Select(change => (change.PathIndex, change.Kind, change.EventName, change.IsLastOfEvent)).Should().Equal(
            (0, WatchChangeKind.Updated, "started", false), (3, WatchChangeKind.Updated, "started", true),
            (0, WatchChangeKind.Updated, "finished", false), (1, WatchChangeKind.Added, "finished", false), (3, WatchChangeKind.Updated, "finished", true),
            (2, WatchChangeKind.Updated, "finished", true));
        changes.Select(change => change.Sequence).Distinct().Should().HaveCount(3).And.BeInAscendingOrder();
    }

    [Test]
    public async Task Watch_PathsWithDifferentProperties_EachHasItsOwn()
    {
        await Updates.Build();
        await Updates.SetBuildProperty(1, "late", (true, "Step"));
        await Updates.SetBuildProperty(1, "rev", ("9f", "Git"));
        string[] paths = ["/builds/1?property=rev", "/builds/1", "/builds/1?property=*", "/buildrequests/1?property=owner", "/buildrequests/1"];
        await using CombinedWatch watch = await Data.Watch(paths);

        await Updates.FinishBuild(1, BuildResult.Success);
        await Updates.ClaimBuildRequests([1]);

        List<CombinedWatchChange> changes = await Next(watch, 5);
        changes.Select(change => change.PathIndex).Should().Equal(0, 1, 2, 3, 4);
        for (int i = 0; i < paths.Length; i++)
        {
            string before = watch.InitialResults[i].ToJson();
            PropertiesIn(before).Should().Be(PropertiesIn(await Json(paths[i])), "the first result of {0} is that of Get", paths[i]);
            Json(changes[i]).Should().Be(await Json(paths[i]), "the change of {0} is what Get returns", paths[i]);
        }
    }

    [Test]
    public async Task Watch_FilterByAPropertyThatNoPathSelects_AddsAndRemoves()
    {
        await Updates.Build();
        await Updates.Build();
        await using CombinedWatch watch = await Data.Watch(["/builds?property.rev=9f"]);
        await using IAsyncEnumerator<CombinedWatchChange> changes = watch.GetAsyncEnumerator();

        // Whether a build now matches is read from the store, so each change is read before the next is written.
        await Updates.SetBuildProperty(1, "rev", ("9f", "Git"));
        (await Next(changes)).Should().Be((1L, WatchChangeKind.Added));
        await Updates.SetBuildStateString(2, "building");
        await Updates.SetBuildStateString(1, "building");
        (await Next(changes)).Should().Be((1L, WatchChangeKind.Updated));
        await Updates.SetBuildProperty(1, "rev", ("a0", "Git"));
        (await Next(changes)).Should().Be((1L, WatchChangeKind.Removed));

        static async Task<(long, WatchChangeKind)> Next(IAsyncEnumerator<CombinedWatchChange> changes)
        {
            (await changes.MoveNextAsync().AsTask().WaitAsync(Given.Patience)).Should().BeTrue();
            return (((Build)changes.Current.Resource).BuildId, changes.Current.Kind);
        }
    }

    [Test]
    public async Task Watch_SelectedFields_AreInTheJsonOfResultsAndChanges()
    {
        await Updates.Build();
        await using CombinedWatch watch = await Data.Watch(["/builds?field=buildid&field=results", "/builds/1?field=state_string"]);

        await Updates.SetBuildStateString(1, "building");

        watch.InitialResults.Select(result => result.ToJson()).Should().Equal("""[{"buildid":1,"results":null}]""", """{"state_string":"created"}""");
        (await Next(watch, 2)).Select(Json).Should().Equal("""{"buildid":1,"results":null}""", """{"state_string":"building"}""");
    }

    [Test]
    public async Task Watch_NameThatDoesNotExistYet_IsFollowedByAllPaths()
    {
        await using CombinedWatch watch = await Data.Watch(["/builders/linux", "/builders/linux/builds/1/steps", "/builders/linux/builds", "/builders/other/builds"]);

        await Updates.Build("windows");
        await Updates.NewStep(await Updates.Build(), "compile");

        watch.InitialResults[1].Value.Should().BeNull("the build is missing");
        watch.InitialResults[2].Total.Should().Be(0);
        (await Next(watch, 3)).Select(change => (change.PathIndex, change.Kind)).Should().Equal(
            (0, WatchChangeKind.Added), (2, WatchChangeKind.Added), (1, WatchChangeKind.Added));
    }

    [Test]
    public async Task Watch_RemovedBuild_LeavesAllPathsWithItsParts()
    {
        await Updates.AddFinished(Data, count: 2);
        Clock.Advance(TimeSpan.FromDays(60));
        await using CombinedWatch watch = await Data.Watch(["/builds", "/steps", "/builds/1/properties", "/builds/2", "/builds/1/steps?name=test"]);

        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(30), atLeastPerBuilder: 1));

        List<CombinedWatchChange> changes = await Next(watch, 5);
        changes.Select(change => (change.PathIndex, change.Kind)).Should().Equal(
            new[] { 0, 1, 1, 2, 4 }.Select(path => (path, WatchChangeKind.Removed)));
        changes.Select(change => change.IsLastOfEvent).Should().Equal(false, false, false, false, true);
    }

    [Test]
    public async Task Watch_PartsOfABuild_AreNotCrowdedOutByTheBuild()
    {
        await Master.DisposeAsync();
        await using Master small = await Store.Open(options => options.SubscriberBuffer = 3);
        long stepId = await small.Data.Updates.Step();
        await using CombinedWatch watch = await small.Data.Watch(["/builds/1/steps", "/steps/1"]);

        for (int i = 0; i < 10; i++)
            await small.Data.Updates.SetBuildStateString(1, $"{i}");
        await small.Data.Updates.StartStep(stepId);

        (await Next(watch, 2)).Should().OnlyContain(change => change.EventName == "started", "a watch of steps needs only the removal of their build");
    }

    [Test]
    public async Task Read_TooSlowly_EndsAfterTheChangesInTheBuffer()
    {
        await Master.DisposeAsync();
        await using Master small = await Store.Open(options => options.SubscriberBuffer = 3);
        long buildId = await small.Data.Updates.Build();
        await using CombinedWatch watch = await small.Data.Watch(["/steps", $"/builds/{buildId}"]);
        for (int i = 0; i < 5; i++)
            await small.Data.Updates.NewStep(buildId, "s");

        var seen = new List<CombinedWatchChange>();
        Func<Task> read = async () =>
        {
            await foreach (CombinedWatchChange change in watch)
                seen.Add(change);
        };

        await read.Should().ThrowAsync<SubscriberLaggedException>();
        seen.Should().HaveCount(3);
    }

    [Test]
    public async Task Read_WatchIsDisposed_EndsAfterWhatWasAnnounced()
    {
        long stepId = await Updates.Step();
        CombinedWatch watch = await Data.Watch(["/steps", "/builds"]);
        await Updates.StartStep(stepId);

        await watch.DisposeAsync();

        await Updates.SetStepStateString(stepId, "too late");
        (await Rest(watch)).Select(change => change.EventName).Should().Equal("started");
    }

    [Test]
    public async Task Read_MasterIsDisposedBeforeAnEventCouldBePlaced_EndsWithoutError()
    {
        // The builder did not exist when the watch began, so its steps must be looked up.
        CombinedWatch watch = await Data.Watch(["/builders/linux/steps", "/builders/linux/builds"]);
        await Updates.Step();

        await Master.DisposeAsync();

        await FluentActions.Awaiting(() => Rest(watch)).Should().NotThrowAsync();
        await Data.Awaiting(data => data.Watch(["/steps"])).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Read_IsCancelled_ThrowsAndEndsTheWatch()
    {
        await using CombinedWatch watch = await Data.Watch(["/steps"]);
        using var cancel = new CancellationTokenSource();
        IAsyncEnumerator<CombinedWatchChange> changes = watch.GetAsyncEnumerator(cancel.Token);
        ValueTask<bool> next = changes.MoveNextAsync();

        await cancel.CancelAsync();

        await FluentActions.Awaiting(async () => await next).Should().ThrowAsync<OperationCanceledException>();
        watch.Invoking(one => one.GetAsyncEnumerator()).Should().Throw<InvalidOperationException>();
        await changes.DisposeAsync();
    }

    [Test]
    public async Task Watch_IsCancelledBeforeItBegins_Throws() =>
        await Data.Awaiting(data => data.Watch(["/steps"], new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

    [Test]
    public async Task Watch_Sequence_IsOfTheLastEventInTheResults()
    {
        await using Subscription events = Data.Events.Subscribe("/steps/*");
        await Updates.Step();

        await using CombinedWatch watch = await Data.Watch(["/steps", "/builds"]);

        watch.Sequence.Should().Be((await events.Next(1)).Single().Sequence);
    }

    [TestCase(0)]
    [TestCase(MostPaths + 1)]
    public async Task Watch_NoPathsOrTooMany_IsRefused(int count) =>
        await Data.Awaiting(data => data.Watch([.. Enumerable.Repeat("/steps", count)])).Should().ThrowAsync<ArgumentException>().WithMessage("*from 1 to 64 paths*");

    [Test]
    public async Task Watch_PathIsNull_IsRefused() =>
        await Data.Awaiting(data => data.Watch(["/steps", null!])).Should().ThrowAsync<ArgumentException>();

    [TestCase("/steps?limit=1", "limit")]
    [TestCase("/steps?offset=1", "offset")]
    [TestCase("/steps?nosuch=1", "nosuch")]
    [TestCase("/steps?property=*", "property")]
    [TestCase("/builds?include=steps", "include")]
    [TestCase("/steps?field=name&results=2", "results")]
    public async Task Watch_QueryThatCanNotBeFollowed_FailsAndNamesTheParameter(string path, string parameter) =>
        await Data.Awaiting(data => data.Watch(["/builds", path])).Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == parameter);

    [TestCase("/nope")]
    [TestCase("builds")]
    [TestCase("/builds/newest")]
    [TestCase("/build_statistics")]
    [TestCase("/logs/1/contents")]
    public async Task Watch_PathThatCanNotBeWatched_FailsAndNamesThePath(string path) =>
        await Data.Awaiting(data => data.Watch(["/builds", path])).Should().ThrowAsync<InvalidPathException>().Where(error => error.Path == path);

    private static string[] ManyPaths(Random random)
    {
        string[] all =
        [
            .. Endpoints.WatchablePatterns.SelectMany(endpoint => random.GetItems([.. WatchablePaths.Of(endpoint)], PathsPerEndpoint)),
            .. WatchablePaths.WithFilters,
        ];
        random.Shuffle(all);
        return all;
    }

    private static string PropertiesIn(string json) => JsonElement.Parse(json).GetProperty("properties").GetRawText();

    private static string Json(CombinedWatchChange change)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            change.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private async Task<string> Json(string path) => (await Data.Get(path)).ToJson();

    private static async Task<List<CombinedWatchChange>> Next(CombinedWatch watch, int count)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        var changes = new List<CombinedWatchChange>();
        await foreach (CombinedWatchChange change in watch.WithCancellation(patience.Token))
        {
            changes.Add(change);
            if (changes.Count == count)
                break;
        }

        return changes;
    }

    private static async Task<List<CombinedWatchChange>> Rest(CombinedWatch watch)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        var changes = new List<CombinedWatchChange>();
        await foreach (CombinedWatchChange change in watch.WithCancellation(patience.Token))
            changes.Add(change);
        return changes;
    }
}
