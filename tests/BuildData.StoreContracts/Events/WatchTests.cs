using System.Text.RegularExpressions;

namespace BuildData.StoreContracts;

public abstract partial class WatchTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["builderid_or_buildername"] = ["1", "2", "linux", "mac%20os%2Fx", "later", "42"],
        ["bsid"] = ["1", "2", "4", "7", "99"],
        ["build_number"] = ["1", "2", "99"],
        ["buildid"] = ["1", "2", "3", "5", "99"],
        ["buildrequestid"] = ["1", "2", "4", "7", "99"],
        ["log_slug"] = ["stdio", "warnings", "nothere"],
        ["logid"] = ["1", "4", "99"],
        ["masterid"] = ["1", "99"],
        ["name"] = ["worker-1", "worker-3", "nobody"],
        ["ssid"] = ["1", "2", "5", "99"],
        ["step_name"] = ["compile", "test_1"],
        ["step_number"] = ["0", "2"],
        ["stepid"] = ["1", "4", "5", "99"],
        ["workerid"] = ["1", "2", "99"],
    };

    private static readonly string[] Filters =
    [
        "/steps?results=2", "/steps?results__ne=0", "/steps?complete=false", "/steps?hidden=no&name__contains=compile", "/builders/linux/steps?results__in=2&results__in=6",
        "/builders/later/steps?started_at__gt=1700000003", "/steps?started_at=1700000002", "/steps?state_string__contains=test%20of", "/steps?order=-name",
        "/builds?complete=false", "/builds?results__ge=2", "/builds/1/steps?number__gt=0", "/builds?complete=false&property=*", "/workers/1/builds?complete=1",
        "/buildrequests?claimed=false", "/buildrequests?claimed=true&complete=false", "/buildrequests?claimed__ne=true", "/buildrequests?complete=yes&property=owner",
        "/buildsets?complete=false", "/buildsets?parent_buildid__ge=1", "/buildsets?reason__contains=waiting", "/builders?tags__contains=fast", "/builders?projectid__in=1&projectid__in=2",
        "/sourcestamps?revision=1", "/workers?name__gt=worker-1", "/workers?paused=true", "/workers?graceful=false", "/workers?version=2", "/builders?masterids__contains=1",
        "/workers/2/builders?name__contains=linux", "/workers/worker-2/builders?tags__contains=fast", "/builders/linux/masters?active=true", "/builders/1/workers?paused=false",
        "/builds?property.rev=changed", "/builds?property.rev__ne=changed", "/builds?property.late=true&property.rev__notin=0.0", "/builders/later/builds?property.rev__in=2.0",
        "/buildrequests?property.owner=0.0", "/buildsets?property.owner=1.0", "/buildsets?sourcestamp.codebase=lib&sourcestamp.revision=1", "/builds?sourcestamp.revision=1.0",
        "/buildrequests?sourcestamp.revision__contains=1", "/builds?builder_name=linux", "/builds?worker_name__ne=worker-1", "/builds?builder_name__contains=mac&complete=false",
        "/masters/1/workers?version=2", "/masters/1/builders?description__contains=1", "/masters/1/builds?complete=false",
    ];

    private SmallWorld _world = null!;

    [SetUp]
    public void MakeWorld() => _world = new SmallWorld(Updates, Clock);

    [TestCaseSource(typeof(Endpoints), nameof(Endpoints.WatchablePatterns))]
    public async Task Watch_Endpoint_IsAtTheEndWhatGetGives(string endpoint)
    {
        var followers = new List<Follower>();
        for (int grown = 0; grown < 3; grown++)
        {
            // Some begin before there is anything, some after their resource was added, some before it is.
            foreach (string path in Paths(endpoint))
                followers.Add(await Follower.Begin(Data, path));
            await _world.Grow();
        }

        await ShouldBeWhatGetGives(followers);
    }

    [TestCaseSource(nameof(Filters))]
    public async Task Watch_Filter_IsAtTheEndWhatGetGives(string path)
    {
        var followers = new List<Follower>();
        for (int grown = 0; grown < 3; grown++)
        {
            followers.Add(await Follower.Begin(Data, path));
            await _world.Grow();
        }

        await ShouldBeWhatGetGives(followers);
        (await followers[0].Fresh()).Should().NotBeEmpty("a filter that nothing matches would prove nothing");
    }

    [Test]
    public async Task Watch_Collection_GivesWhatIsThereAndThenWhatChanges()
    {
        long buildId = await Updates.Build();
        AddedStep first = await Updates.NewStep(buildId, "first");

        await using Watch<Step> watch = await Data.Watch<Step>($"/builds/{buildId}/steps");
        AddedStep second = await Updates.NewStep(buildId, "second");
        await Updates.StartStep(first.StepId);

        watch.InitialResult.Select(step => step.Name).Should().Equal("first");
        (await watch.Next(2)).Select(change => (change.Kind, change.EventName, change.Resource.StepId)).Should().Equal(
            (WatchChangeKind.Added, "new", second.StepId), (WatchChangeKind.Updated, "started", first.StepId));
        watch.Current.Should().BeEquivalentTo(await Data.GetAll<Step>($"/builds/{buildId}/steps"));
    }

    [Test]
    public async Task Watch_One_GivesItAndThenItsChanges()
    {
        long buildId = await Updates.Build();

        await using Watch<Build> watch = await Data.Watch<Build>($"/builds/{buildId}");
        await Updates.Build("other");
        await Updates.FinishBuild(buildId, BuildResult.Success);

        watch.InitialResult.Should().ContainSingle().Which.Complete.Should().BeFalse();
        WatchChange<Build> change = (await watch.Next(1)).Single();
        (change.Kind, change.EventName).Should().Be((WatchChangeKind.Updated, "finished"));
        watch.Current.Should().Equal(change.Resource);
    }

    [Test]
    public async Task Watch_OneThatDoesNotExistYet_IsAddedWhenItDoes()
    {
        await using Watch<Build> watch = await Data.Watch<Build>("/builders/linux/builds/2");

        await Updates.Build();
        long second = await Updates.Build();

        watch.InitialResult.Should().BeEmpty();
        (await watch.Next(1)).Select(change => (change.Kind, change.Resource.BuildId)).Should().Equal((WatchChangeKind.Added, second));
    }

    [Test]
    public async Task Watch_Sequence_IsOfTheLastEventInTheAnswer()
    {
        await using Subscription events = Data.Events.Subscribe("/steps/*");
        await Updates.Step();

        await using Watch<Step> watch = await Data.Watch<Step>("/steps");

        watch.Sequence.Should().Be((await events.Next(1)).Single().Sequence);
    }

    [Test]
    public async Task Watch_StepsThatFailed_AreAddedAndRemovedAsTheyBeginAndCeaseToMatch()
    {
        long stepId = await Updates.Step();
        await using Watch<Step> watch = await Data.Watch<Step>("/steps?results=2");

        await Updates.SetStepStateString(stepId, "matches not yet");
        await Updates.FinishStep(stepId, BuildResult.Failure, hidden: false);
        await Updates.SetStepStateString(stepId, "still matches");
        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await watch.Next(3)).Select(change => (change.Kind, change.EventName)).Should().Equal(
            (WatchChangeKind.Added, "finished"), (WatchChangeKind.Updated, "updated"), (WatchChangeKind.Removed, "finished"));
        watch.Current.Should().BeEmpty();
    }

    [Test]
    public async Task Watch_BuildsUnderWay_AreRemovedWhenTheyFinish()
    {
        long buildId = await Updates.Build();
        await using Watch<Build> watch = await Data.Watch<Build>("/builds?complete=false");

        await Updates.FinishBuild(buildId, BuildResult.Success);

        watch.InitialResult.Should().ContainSingle();
        (await watch.Next(1)).Single().Should().Match<WatchChange<Build>>(change => change.Kind == WatchChangeKind.Removed && change.Resource.Complete);
    }

    [Test]
    public async Task Watch_RequestsThatCanBeClaimed_ComeAndGoWithTheirClaims()
    {
        (_, long request, _) = await Updates.Request();
        await using Watch<BuildRequest> watch = await Data.Watch<BuildRequest>("/buildrequests?claimed=false");

        await Updates.ClaimBuildRequests([request]);
        await Updates.UnclaimBuildRequests([request]);
        await Updates.CompleteBuildRequests([request], BuildResult.Skipped);

        (await watch.Next(3)).Select(change => (change.Kind, change.EventName)).Should().Equal(
            (WatchChangeKind.Removed, "claimed"), (WatchChangeKind.Added, "unclaimed"), (WatchChangeKind.Removed, "complete"));
    }

    [Test]
    public async Task Watch_BuildersWithATag_ComeAndGoWithTheTag()
    {
        long linux = await Updates.FindBuilderId("linux");
        await using Watch<Builder> watch = await Data.Watch<Builder>("/builders?tags__contains=fast");

        await Updates.UpdateBuilderInfo(linux, null, null, null, null, ["fast"]);
        await Updates.UpdateBuilderInfo(linux, null, null, null, null, ["slow"]);

        (await watch.Next(2)).Select(change => change.Kind).Should().Equal(WatchChangeKind.Added, WatchChangeKind.Removed);
    }

    [Test]
    public async Task Watch_PropertiesOfABuild_GivesTheWholeMapAtEachChange()
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "first", (1, "S"));
        await using Watch<PropertyMap> watch = await Data.Watch<PropertyMap>($"/builds/{buildId}/properties");

        await Updates.SetBuildProperty(buildId, "second", (2, "S"));
        await Updates.SetBuildProperty(buildId, "first", (3, "S"));

        (await watch.Next(2)).Select(change => change.Resource).Should().Equal(
            new PropertyMap { ["first"] = (1, "S"), ["second"] = (2, "S") }, new PropertyMap { ["first"] = (3, "S"), ["second"] = (2, "S") });
    }

    [Test]
    public async Task Watch_BuildsWithAProperty_AreUpdatedWhenItChanges()
    {
        long buildId = await Updates.Build();
        await using Watch<Build> watch = await Data.Watch<Build>("/builds?property=rev");

        await Updates.SetBuildProperty(buildId, "other", ("x", "S"));
        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));

        WatchChange<Build> change = (await watch.Next(1)).Single();
        (change.Kind, change.Resource.BuildId).Should().Be((WatchChangeKind.Updated, buildId));
        change.Resource.Properties.Should().Equal(new PropertyMap { ["rev"] = ("9f", "Git") });
    }

    [TestCase("/steps?limit=1", "limit")]
    [TestCase("/steps?offset=1", "offset")]
    [TestCase("/steps?nosuch=1", "nosuch")]
    [TestCase("/steps?field=name", "field")]
    [TestCase("/steps?property=*", "property")]
    public async Task Watch_QueryThatCanNotBeFollowed_FailsAndNamesTheParameter(string path, string parameter) =>
        await Data.Awaiting(data => data.Watch<Step>(path)).Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == parameter);

    [TestCase("/builds/1/steps")]
    [TestCase("/builders/linux")]
    [TestCase("/nope")]
    public async Task Watch_PathThatGivesSomethingElse_FailsAndNamesThePath(string path) =>
        await Data.Awaiting(data => data.Watch<Build>(path)).Should().ThrowAsync<InvalidPathException>().Where(error => error.Path == path);

    [Test]
    public async Task Read_WatchIsDisposed_EndsAfterWhatWasAnnounced()
    {
        long stepId = await Updates.Step();
        Watch<Step> watch = await Data.Watch<Step>("/steps");
        await Updates.StartStep(stepId);

        await watch.DisposeAsync();

        await Updates.SetStepStateString(stepId, "too late");
        (await watch.Rest()).Select(change => change.EventName).Should().Equal("started");
    }

    [Test]
    public async Task Read_Twice_IsRefused()
    {
        await using Watch<Step> watch = await Data.Watch<Step>("/steps");
        await Updates.Step();
        await watch.Next(1);

        watch.Invoking(one => one.GetAsyncEnumerator()).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public async Task Read_MasterIsDisposed_EndsAfterWhatWasAnnounced()
    {
        Watch<Step> watch = await Data.Watch<Step>("/steps");
        await Updates.Step();

        await Master.DisposeAsync();

        (await watch.Rest()).Select(change => change.EventName).Should().Equal("new");
        await Data.Awaiting(data => data.Watch<Step>("/steps")).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Read_MasterIsDisposedBeforeAnEventCouldBePlaced_EndsWithoutError()
    {
        // The builder did not exist when the watch began, so its steps must be looked up.
        Watch<Step> watch = await Data.Watch<Step>("/builders/linux/steps");
        await Updates.Step();

        await Master.DisposeAsync();

        await watch.Awaiting(one => one.Rest()).Should().NotThrowAsync();
    }

    private static async Task ShouldBeWhatGetGives(List<Follower> followers)
    {
        foreach (Follower follower in followers)
        {
            HashSet<object> last = await follower.Last();
            HashSet<object> fresh = await follower.Fresh();
            last.Should().HaveCount(fresh.Count, "of {0}", follower.Path);
            last.Except(fresh).Should().BeEmpty("Get gives the same for {0}", follower.Path);
            follower.Seen.Where(sequence => sequence <= follower.Sequence).Should().BeEmpty("those are in the answer of {0}", follower.Path);
        }
    }

    private static IEnumerable<string> Paths(string endpoint)
    {
        string[] queries = Endpoints.TypeOf(endpoint) is "Build" or "BuildRequest" ? ["", "?property=*", "?property=rev&property=owner"] : [""];
        return WithoutHoles(endpoint).SelectMany(path => queries.Select(query => path + query));
    }

    private static IEnumerable<string> WithoutHoles(string pattern)
    {
        Match hole = Hole().Match(pattern);
        return hole.Success
            ? Examples[hole.Groups[1].Value].SelectMany(example => WithoutHoles(pattern[..hole.Index] + example + pattern[(hole.Index + hole.Length)..]))
            : [pattern];
    }

    [GeneratedRegex("{([a-z_]+)}")]
    private static partial Regex Hole();
}
