namespace BuildData.StoreContracts;

public abstract class WatchTests(StoreKind kind) : MasterTests(kind)
{
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
            foreach (string path in WatchablePaths.Of(endpoint))
                followers.Add(await Follower.Begin(Data, path));
            await _world.Grow();
        }

        await ShouldBeWhatGetGives(followers);
    }

    [TestCaseSource(typeof(WatchablePaths), nameof(WatchablePaths.WithFilters))]
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
}
