namespace BuildData.StoreContracts;

public abstract class CollapsedRequestsNeverTests(StoreKind kind) : MasterTests(kind)
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
