namespace BuildData.StoreContracts;

public abstract class CollapsedRequestsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task AddBuildset_SameSourceWaiting_SkipsTheOlderRequest()
    {
        (long olderSet, long older, _) = await Updates.Request();
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*");

        (_, long newer, _) = await Updates.Request();

        BuildRequest? request = await Data.Get<BuildRequest>($"/buildrequests/{older}");
        (request!.Claimed, request.Complete, request.Results, request.ReplacedByBuildRequestId)
            .Should().Be((true, true, BuildResult.Skipped, newer));
        Buildset? buildset = await Data.Get<Buildset>($"/buildsets/{olderSet}");
        (buildset!.Complete, buildset.Results).Should().Be((true, BuildResult.Success));
        List<DataEvent> announced = await events.Next(3);
        announced.Select(e => (e.Path, e.Name)).Should().Equal(
            ("/buildrequests/2", "new"), ("/buildrequests/1", "claimed"), ("/buildrequests/1", "complete"));
        announced[2].Resource.Should().Be(request);
    }

    [Test]
    public async Task AddBuildset_OtherSourceBuilderOrClaimedRequest_SkipsNothing()
    {
        (_, long claimed, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([claimed]);
        await Updates.Request(stamp: Given.Main with { Revision = "other" });
        await Updates.Request("windows");

        await Updates.Request();

        await NothingIsSkipped();
    }

    [Test]
    public async Task AddBuildset_PatchOrNoSource_SkipsNothing()
    {
        long builder = await Updates.FindBuilderId("linux");
        SourceStampKey patched = Given.Main with { Patch = new PatchKey { Body = "+x" } };
        await Updates.Request(stamp: patched);
        AddedBuildset first = await Updates.AddBuildset(builderIds: [builder]);
        long patchedStamp = (await Data.GetAll<SourceStamp>("/sourcestamps"))[0].SourceStampId;

        await Updates.AddBuildset(builderIds: [builder]);
        await Updates.AddBuildset(builderIds: [builder], sourceStamps: [patchedStamp]);

        await NothingIsSkipped();
        first.BuildRequestIds.Should().HaveCount(1);
    }

    [Test]
    public async Task AddBuildset_OtherValueOfAProperty_SkipsNothing()
    {
        foreach (string target in (string[])["a", "b", "c"])
            await Add(properties: new() { ["targets"] = (target, "Force") });

        await NothingIsSkipped();
    }

    [Test]
    public async Task AddBuildset_OtherSourceOrNameOfAProperty_SkipsNothing()
    {
        await Add(properties: new() { ["targets"] = ("a", "Force") });
        await Add(properties: new() { ["targets"] = ("a", "Scheduler") });
        await Add(properties: new() { ["target"] = ("a", "Force") });

        await Add();

        await NothingIsSkipped();
    }

    [Test]
    public async Task AddBuildset_EqualProperties_SkipsTheOlderRequestHoweverTheyAreSpelled()
    {
        long older = await Add(properties: new() { ["a"] = Property.Parse("""{ "x": 1.0, "y": "\u0041" }""", "S"), ["b"] = ("t", "S") });

        long newer = await Add(properties: new() { ["b"] = ("t", "S"), ["a"] = Property.Parse("""{"y":"A","x":1}""", "S") });

        (await Data.Get<BuildRequest>($"/buildrequests/{older}"))!.ReplacedByBuildRequestId.Should().Be(newer);
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public async Task AddBuildset_EitherIsWaitedFor_SkipsNothing(bool older, bool newer)
    {
        await Updates.Request(waitedFor: older);

        await Updates.Request(waitedFor: newer);

        await NothingIsSkipped();
    }

    [TestCase(7, 2, 7)]
    [TestCase(2, 7, 7)]
    [TestCase(-3, -5, -3)]
    public async Task AddBuildset_Priorities_KeepsTheHigher(long older, long newer, long kept)
    {
        await Add(priority: older);
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*", "new");

        long request = await Add(priority: newer);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Priority.Should().Be(kept);
        ((BuildRequest)(await events.Next(1))[0].Resource).Priority.Should().Be(kept);
    }

    [Test]
    public async Task AddBuildset_SeveralBuilders_ReplacesForEachItsOwn()
    {
        long a = await Updates.FindBuilderId("a");
        long b = await Updates.FindBuilderId("b");
        AddedBuildset older = await Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [a], priority: 4);

        AddedBuildset newer = await Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [b, a]);

        ResourceList<BuildRequest> requests = await Data.GetAll<BuildRequest>("/buildrequests");
        requests.Select(request => (request.BuildRequestId, request.Priority, request.ReplacedByBuildRequestId)).Should().Equal(
            (older.BuildRequestIds[a], 4, newer.BuildRequestIds[a]), (newer.BuildRequestIds[b], 0, null), (newer.BuildRequestIds[a], 4, null));
    }

    [Test]
    public async Task GetAll_FilteredByWhatReplacedThem_FindsTheSkipped()
    {
        (_, long older, _) = await Updates.Request();
        (_, long newer, _) = await Updates.Request();

        ResourceList<BuildRequest> skipped = await Data.GetAll<BuildRequest>($"/buildrequests?replaced_by_buildrequestid={newer}");

        skipped.Should().ContainSingle().Which.BuildRequestId.Should().Be(older);
    }

    private async Task<long> Add(PropertyMap? properties = null, long priority = 0)
    {
        long builder = await Updates.FindBuilderId("linux");
        AddedBuildset added = await Updates.AddBuildset(
            sourceStamps: [Given.Main], builderIds: [builder], properties: properties, priority: priority);
        return added.BuildRequestIds[builder];
    }

    private async Task NothingIsSkipped() => (await Data.GetAll<BuildRequest>("/buildrequests?complete=true")).Should().BeEmpty();
}
