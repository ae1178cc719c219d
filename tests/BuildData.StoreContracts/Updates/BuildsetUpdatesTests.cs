namespace BuildData.StoreContracts;

public abstract class BuildsetUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task AddBuildset_Everything_IsStored()
    {
        long parent = await Updates.Build("parent");
        long linux = await Updates.FindBuilderId("linux");
        long mac = await Updates.FindBuilderId("mac");

        AddedBuildset added = await Updates.AddBuildset(
            scheduler: "nightly",
            sourceStamps: [Given.Main, new SourceStampKey { Codebase = "lib", Patch = new PatchKey { Body = "+x", Level = 1, Author = "ann" } }],
            reason: "because",
            properties: new() { ["owner"] = ("ann", "S") },
            builderIds: [linux, mac],
            externalIdString: "e-1",
            parentBuildId: parent,
            parentRelationship: "Triggered from",
            waitedFor: true,
            rebuiltBuildId: parent,
            priority: -3);

        Buildset? buildset = await Data.Get<Buildset>($"/buildsets/{added.BuildsetId}");
        buildset.Should().BeEquivalentTo(new
        {
            Scheduler = "nightly",
            Reason = "because",
            ExternalIdString = "e-1",
            ParentBuildId = parent,
            ParentRelationship = "Triggered from",
            RebuiltBuildId = parent,
            SubmittedAt = Clock.GetUtcNow(),
            Complete = false,
            Results = (BuildResult?)null,
        });
        buildset!.SourceStamps.Select(stamp => (stamp.Codebase, stamp.Patch?.Body)).Should().Equal(("", null), ("lib", "+x"));
        (await Data.Get<PropertyMap>($"/buildsets/{added.BuildsetId}/properties")).Should().Equal(new PropertyMap { ["owner"] = ("ann", "S") });
        ResourceList<BuildRequest> requests = await Data.GetAll<BuildRequest>($"/buildsets/{added.BuildsetId}/buildrequests");
        requests.Select(request => (request.BuildRequestId, request.BuilderId, request.Priority, request.WaitedFor))
            .Should().Equal((added.BuildRequestIds[linux], linux, -3, true), (added.BuildRequestIds[mac], mac, -3, true));
    }

    [Test]
    public async Task AddBuildset_SameKey_FindsTheSourceStamp()
    {
        long builder = await Updates.FindBuilderId("linux");
        SourceStampKey[] keys =
        [
            Given.Main, Given.Main, Given.Main with { Branch = null }, Given.Main with { Branch = "" }, Given.Main with { Branch = null },
            Given.Main with { Project = "main", Repository = "" }, Given.Main with { Project = "", Repository = "main" },
        ];
        var ids = new List<long>();

        foreach (SourceStampKey key in keys)
        {
            AddedBuildset added = await Updates.AddBuildset(sourceStamps: [key], builderIds: [builder]);
            ids.Add((await Data.GetAll<SourceStamp>($"/buildsets/{added.BuildsetId}/sourcestamps"))[0].SourceStampId);
        }

        ids.Should().Equal(1, 1, 2, 3, 2, 4, 5);
    }

    [Test]
    public async Task AddBuildset_Patch_IsAlwaysANewSourceStamp()
    {
        SourceStampKey key = Given.Main with { Patch = new PatchKey { Body = "+x" } };

        AddedBuildset added = await Updates.AddBuildset(sourceStamps: [key, key]);

        (await Data.GetAll<SourceStamp>($"/buildsets/{added.BuildsetId}/sourcestamps")).Should().HaveCount(2);
    }

    [TestCase(true, false, false, "builder")]
    [TestCase(false, true, false, "source stamp")]
    [TestCase(false, false, true, "build")]
    public async Task AddBuildset_SomethingThatDoesNotExist_FailsAndLeavesNothing(bool builder, bool stamp, bool parent, string kind)
    {
        await Updates.FindBuilderId("linux");

        await Updates.Awaiting(updates => updates.AddBuildset(
                sourceStamps: stamp ? [Given.Main, 99] : [Given.Main],
                builderIds: builder ? [1, 99] : [1],
                parentBuildId: parent ? 99 : null))
            .Should().ThrowAsync<ResourceNotFoundException>().Where(error => error.Kind == kind && error.Id == 99);

        (await Data.GetAll<Buildset>("/buildsets")).Should().BeEmpty();
        (await Data.GetAll<BuildRequest>("/buildrequests")).Should().BeEmpty();
        (await Data.GetAll<SourceStamp>("/sourcestamps")).Should().BeEmpty();
    }

    [Test]
    public async Task AddBuildset_BuilderTwice_Fails() =>
        await Updates.Awaiting(updates => updates.AddBuildset(builderIds: [1, 1])).Should().ThrowAsync<ArgumentException>().WithMessage("*twice*");

    [Test]
    public async Task MaybeBuildsetComplete_UnknownBuildset_FailsAndNamesIt() =>
        await Updates.Awaiting(updates => updates.MaybeBuildsetComplete(5)).Should().ThrowAsync<ResourceNotFoundException>()
            .Where(error => error.Kind == "buildset" && error.Id == 5);

    [Test]
    public async Task MaybeBuildsetComplete_AllRequestsComplete_DoesNothingTheSecondTime()
    {
        (long buildsetId, long requestId, _) = await Updates.Request();
        await Updates.CompleteBuildRequests([requestId], BuildResult.Warnings);
        await using Subscription events = Data.Events.Subscribe("/buildsets/*");

        await Updates.MaybeBuildsetComplete(buildsetId);

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }
}
