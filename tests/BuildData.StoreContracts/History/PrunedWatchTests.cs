namespace BuildData.StoreContracts;

/// <summary>Watches report what a removal of old history takes from their results.</summary>
public abstract class PrunedWatchTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly HistoryPolicy KeepsOne = new(TimeSpan.FromDays(30), atLeastPerBuilder: 1);

    [TestCase("/steps")]
    [TestCase("/builds/1/steps")]
    [TestCase("/builders/linux/steps")]
    [TestCase("/builders/1/builds/1/steps")]
    [TestCase("/steps?name=test", 1)]
    public async Task Watch_OfSteps_ReportsTheStepsOfARemovedBuild(string path, int removed = 2)
    {
        await AddOldBuild();
        await using Watch<Step> watch = await Data.Watch<Step>(path);

        await Updates.Prune(KeepsOne);

        List<WatchChange<Step>> changes = await watch.Next(removed);
        changes.Should().OnlyContain(change => change.Kind == WatchChangeKind.Removed && change.EventName == "removed" && change.Resource.BuildId == 1);
        watch.Current.Should().NotContain(step => step.BuildId == 1);
    }

    [TestCase("/steps/1")]
    [TestCase("/builds/1/steps/0")]
    [TestCase("/builds/1/steps/compile")]
    public async Task Watch_OfOneStep_ReportsItsRemoval(string path)
    {
        await AddOldBuild();
        await using Watch<Step> watch = await Data.Watch<Step>(path);

        await Updates.Prune(KeepsOne);

        WatchChange<Step> change = (await watch.Next(1))[0];
        change.Kind.Should().Be(WatchChangeKind.Removed);
        change.Resource.StepId.Should().Be(1);
        watch.Current.Should().BeEmpty();
    }

    [TestCase("/builds")]
    [TestCase("/builds/1")]
    [TestCase("/builders/linux/builds")]
    [TestCase("/builders/linux/builds/1")]
    [TestCase("/buildrequests/1/builds")]
    [TestCase("/builds?results=2")]
    public async Task Watch_OfBuilds_ReportsTheRemovedBuild(string path)
    {
        await AddOldBuild();
        await using Watch<Build> watch = await Data.Watch<Build>(path);

        await Updates.Prune(KeepsOne);

        WatchChange<Build> change = (await watch.Next(1))[0];
        (change.Kind, change.Resource.BuildId).Should().Be((WatchChangeKind.Removed, 1L));
    }

    [TestCase("/builds/1/properties")]
    [TestCase("/builders/linux/builds/1/properties")]
    [TestCase("/buildsets/1/properties")]
    public async Task Watch_OfProperties_ReportsTheirRemoval(string path)
    {
        await AddOldBuild();
        await using Watch<PropertyMap> watch = await Data.Watch<PropertyMap>(path);

        await Updates.Prune(KeepsOne);

        WatchChange<PropertyMap> change = (await watch.Next(1))[0];
        change.Kind.Should().Be(WatchChangeKind.Removed);
        change.Resource.Should().ContainSingle();
        watch.Current.Should().BeEmpty();
    }

    [TestCase("/buildrequests")]
    [TestCase("/builders/linux/buildrequests")]
    [TestCase("/buildsets/1/buildrequests")]
    [TestCase("/builds/1/buildrequest")]
    [TestCase("/builders/linux/builds/1/buildrequest")]
    public async Task Watch_OfBuildRequests_ReportsTheRemovedRequest(string path)
    {
        await AddOldBuild();
        await using Watch<BuildRequest> watch = await Data.Watch<BuildRequest>(path);

        await Updates.Prune(KeepsOne);

        WatchChange<BuildRequest> change = (await watch.Next(1))[0];
        (change.Kind, change.Resource.BuildRequestId).Should().Be((WatchChangeKind.Removed, 1L));
    }

    [Test]
    public async Task Watch_OfTheRequestOfABuild_EndsWithTheBuildThoughTheRequestHasANewerOne()
    {
        long request = (await Updates.AddBuildset(builderIds: [await Updates.FindBuilderId("linux")])).BuildRequestIds.Values.Single();
        await Updates.ClaimBuildRequests([request]);
        AddedBuild build = await Updates.AddBuild(1, request);
        await Updates.FinishBuild(build.BuildId, BuildResult.Retry);
        Clock.Advance(TimeSpan.FromDays(60));
        await Updates.AddBuild(1, request);
        await using Watch<BuildRequest> watch = await Data.Watch<BuildRequest>($"/builds/{build.BuildId}/buildrequest");

        await Updates.Prune(KeepsOne);

        WatchChange<BuildRequest> change = (await watch.Next(1))[0];
        (change.Kind, change.Resource.BuildRequestId).Should().Be((WatchChangeKind.Removed, request));
        watch.Current.Should().BeEmpty();
        (await Data.Get<BuildRequest>($"/buildrequests/{request}")).Should().NotBeNull();
    }

    [TestCase("/sourcestamps")]
    [TestCase("/sourcestamps/1")]
    [TestCase("/buildsets/1/sourcestamps")]
    public async Task Watch_OfSourceStamps_ReportsTheRemovedStamp(string path)
    {
        await AddOldBuild();
        await using Watch<SourceStamp> watch = await Data.Watch<SourceStamp>(path);

        await Updates.Prune(KeepsOne);

        WatchChange<SourceStamp> change = (await watch.Next(1))[0];
        (change.Kind, change.Resource.SourceStampId).Should().Be((WatchChangeKind.Removed, 1L));
    }

    [Test]
    public async Task Watch_ThatReadsLate_IgnoresChangesOfARemovedBuild()
    {
        await using Watch<Step> watch = await Data.Watch<Step>("/builders/linux/steps");
        await AddOldBuild();
        await Updates.Prune(KeepsOne);
        await Updates.NewStep((await Data.GetAll<Build>("/builds"))[^1].BuildId, "last");

        // The events of the first build are read after its removal. Its builder can no longer be looked up.
        var names = new List<string>();
        await foreach (WatchChange<Step> change in watch)
        {
            names.Add(change.Resource.Name);
            if (change.Resource.Name == "last")
                break;
        }

        watch.Current.Should().OnlyContain(step => step.BuildId != 1).And.HaveCount(3);
    }

    private async Task AddOldBuild()
    {
        await Updates.AddFinished(Data, count: 2);
        Clock.Advance(TimeSpan.FromDays(60));
    }
}
