namespace BuildData.StoreContracts;

public abstract class CollapsedRequestsAsReferenceTests(StoreKind kind) : MasterTests(kind)
{
    protected override void Configure(BuildDataOptions options) => options.CollapseBuildRequests = CollapsePolicy.AsReference;

    [Test]
    public async Task AddBuildset_PropertiesThatDoNotCountDiffer_SkipsTheOlderRequest()
    {
        long older = await Add(new() { ["scheduler"] = ("nightly", "Scheduler"), ["owner"] = ("ann", "Force"), ["rev"] = (1, "Scheduler") });

        long newer = await Add(new() { ["scheduler"] = ("weekly", "Scheduler"), ["owner"] = ("bob", "Force"), ["rev"] = (1, "Scheduler") });

        BuildRequest? request = await Data.Get<BuildRequest>($"/buildrequests/{older}");
        (request!.Results, request.ReplacedByBuildRequestId).Should().Be((BuildResult.Skipped, newer));
    }

    [Test]
    public async Task AddBuildset_PropertyOfTheSchedulerDiffers_SkipsNothing()
    {
        await Add(new() { ["targets"] = ("a", "Scheduler") });

        await Add(new() { ["targets"] = ("b", "Scheduler") });

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
    }

    [Test]
    public async Task AddBuildset_OlderIsWaitedFor_SkipsIt()
    {
        (_, long older, _) = await Updates.Request(waitedFor: true);

        await Updates.Request();

        (await Data.Get<BuildRequest>($"/buildrequests/{older}"))!.Results.Should().Be(BuildResult.Skipped);
    }

    [Test]
    public async Task AddBuildset_OlderHasAHigherPriority_KeepsItsOwn()
    {
        await Add([], priority: 7);

        long newer = await Add([], priority: 2);

        (await Data.Get<BuildRequest>($"/buildrequests/{newer}"))!.Priority.Should().Be(2);
    }

    private async Task<long> Add(PropertyMap properties, long priority = 0)
    {
        long builder = await Updates.FindBuilderId("linux");
        AddedBuildset added = await Updates.AddBuildset(
            sourceStamps: [Given.Main], builderIds: [builder], properties: properties, priority: priority);
        return added.BuildRequestIds[builder];
    }
}
