namespace BuildData.StoreContracts;

/// <summary>A rebuild repeats a build with the same source and properties.</summary>
public abstract class RebuildTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Rebuild_FinishedBuild_RequestsTheSameAgain()
    {
        long linux = await Updates.FindBuilderId("linux");
        long windows = await Updates.FindBuilderId("windows");
        AddedBuildset original = await Updates.AddBuildset(
            sourceStamps: [Given.Main], properties: new() { ["owner"] = ("ann", "Scheduler") }, builderIds: [linux, windows]);
        StartedBuild? build = await Updates.StartNext(null, [linux]);

        AddedBuildset rebuild = await Updates.Rebuild(build!.BuildId, "flaky", priority: 3);

        Buildset? before = await Data.Get<Buildset>($"/buildsets/{original.BuildsetId}");
        Buildset? after = await Data.Get<Buildset>($"/buildsets/{rebuild.BuildsetId}");
        (after!.Reason, after.RebuiltBuildId).Should().Be(("flaky", build.BuildId));
        after.SourceStamps.Should().Equal(before!.SourceStamps);
        (await Data.Get<PropertyMap>($"/buildsets/{rebuild.BuildsetId}/properties"))!.Keys.Should().Equal("owner");
        BuildRequest? request = await Data.Get<BuildRequest>($"/buildrequests/{rebuild.BuildRequestIds[linux]}");
        (request!.Priority, request.Claimed, rebuild.BuildRequestIds.Count).Should().Be((3, false, 1));
    }

    [Test]
    public async Task Rebuild_OfARebuild_NamesTheFirstBuild()
    {
        (_, _, long linux) = await Updates.Request();
        StartedBuild? first = await Updates.StartNext(null, [linux]);
        await Updates.Rebuild(first!.BuildId);
        StartedBuild? second = await Updates.StartNext(null, [linux]);

        AddedBuildset third = await Updates.Rebuild(second!.BuildId);

        (await Data.Get<Buildset>($"/buildsets/{third.BuildsetId}"))!.RebuiltBuildId.Should().Be(first.BuildId);
    }

    [Test]
    public async Task Rebuild_OriginalIsWaitedFor_NobodyWaitsForTheNewRequest()
    {
        long linux = await Updates.FindBuilderId("linux");
        await Updates.AddBuildset(builderIds: [linux], waitedFor: true);
        StartedBuild? build = await Updates.StartNext(null, [linux]);

        AddedBuildset rebuild = await Updates.Rebuild(build!.BuildId);

        (await Data.Get<BuildRequest>($"/buildrequests/{rebuild.BuildRequestIds[linux]}"))!.WaitedFor.Should().BeFalse();
    }

    [Test]
    public async Task Rebuild_SourceStampHasAPatch_UsesTheSameStamp()
    {
        long linux = await Updates.FindBuilderId("linux");
        var patch = new PatchKey { Level = 1, Body = "diff", Author = "ann", Comment = "fix" };
        await Updates.AddBuildset(sourceStamps: [Given.Main with { Patch = patch }], builderIds: [linux]);
        StartedBuild? build = await Updates.StartNext(null, [linux]);

        await Updates.Rebuild(build!.BuildId);

        (await Data.GetAll<SourceStamp>("/sourcestamps")).Should().ContainSingle();
    }

    [Test]
    public async Task Rebuild_BuildDoesNotExist_IsNotFound() =>
        (await Updates.Awaiting(updates => updates.Rebuild(99)).Should().ThrowAsync<ResourceNotFoundException>()).Which.Id.Should().Be(99);
}
