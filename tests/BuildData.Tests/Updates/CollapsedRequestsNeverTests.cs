namespace BuildData.Tests;

internal abstract class CollapsedRequestsNeverTests(StoreKind store) : MasterTests(store)
{
    protected override void Configure(BuildDataOptions options) => options.CollapseBuildRequests = CollapsePolicy.Never;

    [Test]
    public async Task AddBuildset_SameSourceWaiting_SkipsNothing()
    {
        await Updates.Request();

        await Updates.Request();

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
    }
}
