namespace BuildData.Tests;

internal abstract class CollapsedRequestsTests(StoreKind store) : MasterTests(store)
{
    [Test]
    public async Task AddBuildset_SameSourceWaiting_SkipsTheOlderRequest()
    {
        (long olderSet, long older, _) = await Updates.Request();
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*");

        await Updates.Request();

        BuildRequest? request = await Data.Get<BuildRequest>($"/buildrequests/{older}");
        (request!.Claimed, request.Complete, request.Results).Should().Be((true, true, BuildResult.Skipped));
        Buildset? buildset = await Data.Get<Buildset>($"/buildsets/{olderSet}");
        (buildset!.Complete, buildset.Results).Should().Be((true, BuildResult.Success));
        (await events.Next(3)).Select(e => (e.Path, e.Name)).Should().Equal(
            ("/buildrequests/2", "new"), ("/buildrequests/1", "claimed"), ("/buildrequests/1", "complete"));
    }

    [Test]
    public async Task AddBuildset_OtherSourceBuilderOrClaimedRequest_SkipsNothing()
    {
        (_, long claimed, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([claimed]);
        await Updates.Request(stamp: Given.Main with { Revision = "other" });
        await Updates.Request("windows");

        await Updates.Request();

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
    }

    [Test]
    public async Task AddBuildset_PatchOrNoSource_SkipsNothing()
    {
        long builder = await Updates.FindBuilderId("linux");
        SourceStampKey patched = Given.Main with { Patch = new PatchKey { Body = "+x" } };
        await Updates.Request(stamp: patched);
        AddBuildsetResult first = await Updates.AddBuildset(builderIds: [builder]);
        long patchedStamp = (await Data.GetAll<SourceStamp>("/sourcestamps"))[0].SourceStampId;

        await Updates.AddBuildset(builderIds: [builder]);
        await Updates.AddBuildset(builderIds: [builder], sourceStamps: [patchedStamp]);

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
        first.BuildRequestIds.Should().HaveCount(1);
    }
}

internal abstract class CollapsedRequestsOffTests(StoreKind store) : MasterTests(store)
{
    protected override void Configure(BuildDataOptions options) => options.CollapseBuildRequests = false;

    [Test]
    public async Task AddBuildset_CollapsingIsOff_SkipsNothing()
    {
        await Updates.Request();

        await Updates.Request();

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
    }
}
