namespace BuildData.StoreContracts;

/// <summary>Old history is removed, and what is needed stays.</summary>
public abstract class PruneTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly HistoryPolicy KeepsOne = new(Month, atLeastPerBuilder: 1);

    [Test]
    public async Task Prune_OldBuilds_RemovesThemWithAllThatBelongsToThem()
    {
        await Updates.AddFinished(Data, count: 5);
        Clock.Advance(Month * 2);

        PruneResult result = await Updates.Prune(KeepsOne);

        result.Should().Be(new PruneResult { Builds = 4, Steps = 8, BuildRequests = 4, Buildsets = 4, SourceStamps = 4 });
        (await Data.GetAll<Build>("/builds")).Should().ContainSingle().Which.Number.Should().Be(5);
        (await Data.GetAll<Step>("/steps")).Should().HaveCount(2);
        (await Data.GetAll<BuildRequest>("/buildrequests")).Should().ContainSingle();
        (await Data.GetAll<Buildset>("/buildsets")).Should().ContainSingle();
        (await Data.GetAll<SourceStamp>("/sourcestamps")).Should().ContainSingle();
    }

    [Test]
    public async Task Prune_BuildsThatAreNotOldEnough_Stay()
    {
        await Updates.AddFinished(Data, count: 5);
        Clock.Advance(Month);

        (await Updates.Prune(KeepsOne)).Should().Be(new PruneResult());
    }

    [Test]
    public async Task Prune_DryRun_CountsTheSameAndRemovesNothing()
    {
        await Updates.AddFinished(Data, count: 20);
        Clock.Advance(Month * 2);

        PruneResult counted = await Updates.Prune(KeepsOne, dryRun: true);

        counted.Builds.Should().Be(19);
        (await Data.Count<Build>("/builds")).Should().Be(20);
        (await Updates.Prune(KeepsOne)).Should().Be(counted with { IsDryRun = false });
    }

    [Test]
    public async Task Prune_NewestBuildsOfEachBuilder_Stay()
    {
        await Updates.AddFinished(Data, count: 4, builder: "linux");
        await Updates.AddFinished(Data, count: 2, builder: "mac");
        await Updates.AddFinished(Data, count: 1, builder: "last");
        Clock.Advance(Month * 2);

        await Updates.Prune(new HistoryPolicy(Month, atLeastPerBuilder: 3));

        (await Data.GetAll<Build>("/builders/linux/builds")).Select(build => build.Number).Should().Equal(2, 3, 4);
        (await Data.GetAll<Build>("/builders/mac/builds")).Select(build => build.Number).Should().Equal(1, 2);
    }

    [Test]
    public async Task Prune_LastSuccess_Stays()
    {
        Build older = await Updates.AddFinished(Data, results: BuildResult.Success);
        Build last = await Updates.AddFinished(Data, results: BuildResult.Success);
        await Updates.AddFinished(Data, count: 3);
        Clock.Advance(Month * 2);

        await Updates.Prune(KeepsOne);

        (await Data.GetAll<Build>("/builds")).Select(build => build.Number).Should().Equal(last.Number, 5);
        (await Data.Get<Build>($"/builds/{older.BuildId}")).Should().BeNull();
    }

    [Test]
    public async Task Prune_ParentOfABuildThatStays_Stays()
    {
        Build grandparent = await Updates.AddFinished(Data);
        Build parent = await Updates.AddFinished(Data, builder: "mac", parent: grandparent.BuildId);
        await Updates.AddFinished(Data, count: 2, builder: "linux");
        await Updates.AddFinished(Data, count: 2, builder: "mac");
        Clock.Advance(Month * 2);
        Build child = await Updates.AddFinished(Data, builder: "windows", parent: parent.BuildId);

        await Updates.Prune(KeepsOne);

        (await Data.GetAll<Build>("/builds")).Select(build => build.BuildId).Should().Contain([grandparent.BuildId, parent.BuildId, child.BuildId]).And.HaveCount(5);
    }

    [Test]
    public async Task Prune_ChainOfOldBuilds_RemovesAllOfIt()
    {
        Build first = await Updates.AddFinished(Data);
        Build second = await Updates.AddFinished(Data, builder: "mac", parent: first.BuildId);
        await Updates.AddFinished(Data, builder: "windows", parent: second.BuildId, rebuilt: first.BuildId);
        foreach (string builder in (string[])["linux", "mac", "windows"])
            await Updates.AddFinished(Data, builder);
        Clock.Advance(Month * 2);

        (await Updates.Prune(KeepsOne)).Builds.Should().Be(3);
    }

    [Test]
    public async Task Prune_IncompleteResources_Stay()
    {
        (long buildset, long request, _) = await Updates.Request("waiting");
        long running = await Updates.Build();
        await Updates.AddFinished(Data, count: 2, builder: "mac");
        Clock.Advance(Month * 2);

        await Updates.Prune(KeepsOne);

        (await Data.Get<Buildset>($"/buildsets/{buildset}")).Should().NotBeNull();
        (await Data.Get<BuildRequest>($"/buildrequests/{request}")).Should().NotBeNull();
        (await Data.Get<Build>($"/builds/{running}")).Should().NotBeNull();
    }

    [Test]
    public async Task Prune_RequestsThatNeverHadABuild_AreRemoved()
    {
        (long buildset, long request, _) = await Updates.Request();
        await Updates.CompleteBuildRequests([request], BuildResult.Cancelled);
        AddedBuildset empty = await Updates.AddBuildset();
        await Updates.AddFinished(Data);
        Clock.Advance(Month * 2);

        PruneResult result = await Updates.Prune(KeepsOne);

        result.Should().Be(new PruneResult { BuildRequests = 1, Buildsets = 2, SourceStamps = 1 });
        (await Data.Get<Buildset>($"/buildsets/{buildset}")).Should().BeNull();
        (await Data.Get<Buildset>($"/buildsets/{empty.BuildsetId}")).Should().BeNull();
    }

    [Test]
    public async Task Prune_SharedSourceStamp_StaysWhileABuildsetHasIt()
    {
        await Updates.AddFinished(Data, stamp: Given.Main);
        await Updates.AddFinished(Data);
        Clock.Advance(Month * 2);
        await Updates.AddFinished(Data, stamp: Given.Main);

        PruneResult result = await Updates.Prune(KeepsOne);

        result.Builds.Should().Be(2);
        result.SourceStamps.Should().Be(0, "one has another buildset, and the other is the newest");
    }

    [Test]
    public async Task Prune_SourceStampWithPatch_RemovesThePatch()
    {
        var patched = new SourceStampKey { Patch = new PatchKey { Body = "+1" } };
        await Updates.AddFinished(Data, stamp: patched);
        await Updates.AddFinished(Data, stamp: patched);
        Clock.Advance(Month * 2);

        (await Updates.Prune(KeepsOne)).SourceStamps.Should().Be(1);

        await Updates.AddFinished(Data, stamp: patched);
        (await Data.GetAll<SourceStamp>("/sourcestamps")).Select(stamp => stamp.Patch!.PatchId).Should().Equal(2, 3);
    }

    [Test]
    public async Task Prune_Everything_NoIdAndNoNumberIsUsedAgain()
    {
        Build last = (await Updates.AddFinished(Data, count: 3))[^1];
        AddedBuildset lastSet = await Updates.AddBuildset();
        long lastStep = (await Data.GetAll<Step>("/steps")).Max(step => step.StepId);
        long lastStamp = (await Data.GetAll<SourceStamp>("/sourcestamps")).Max(stamp => stamp.SourceStampId);
        Clock.Advance(Month * 2);
        await Updates.Prune(new HistoryPolicy(TimeSpan.FromTicks(1), atLeastPerBuilder: 0));

        Build next = await Updates.AddFinished(Data);

        next.Number.Should().Be(last.Number + 1);
        next.BuildId.Should().BeGreaterThan(last.BuildId);
        next.BuildRequestId.Should().BeGreaterThan(last.BuildRequestId);
        BuildRequest request = (await Data.Get<BuildRequest>($"/buildrequests/{next.BuildRequestId}"))!;
        request.BuildsetId.Should().BeGreaterThan(lastSet.BuildsetId);
        (await Data.GetAll<Step>($"/builds/{next.BuildId}/steps")).Should().OnlyContain(step => step.StepId > lastStep);
        (await Data.GetAll<SourceStamp>($"/buildsets/{request.BuildsetId}/sourcestamps")).Should().OnlyContain(stamp => stamp.SourceStampId > lastStamp);
    }

    [Test]
    public async Task Prune_IsAnnounced()
    {
        Build build = await Updates.AddFinished(Data);
        await Updates.AddFinished(Data);
        BuildRequest request = (await Data.Get<BuildRequest>($"/buildrequests/{build.BuildRequestId}"))!;
        Buildset buildset = (await Data.Get<Buildset>($"/buildsets/{request.BuildsetId}"))!;
        Clock.Advance(Month * 2);
        await using Subscription events = Data.Events.Subscribe(["/builds/*?property=*", "/buildrequests/*", "/buildsets/*", "/steps/*"]);

        await Updates.Prune(KeepsOne);

        List<DataEvent> announced = await events.Next(3);
        announced.Select(e => (e.Name, e.Path)).Should().Equal(
            ("removed", $"/builds/{build.BuildId}"), ("removed", $"/buildrequests/{request.BuildRequestId}"), ("removed", $"/buildsets/{buildset.BuildsetId}"));
        announced[0].Resource.Should().Be(build with { Properties = new() { ["rev"] = ("1", "Git") } });
        ((BuildRequest)announced[1].Resource with { Properties = null }).Should().Be(request);
        announced[2].Resource.Should().Be(buildset);
    }

    [Test]
    public async Task UpdateOfARemovedBuild_FailsAsNotFound()
    {
        Build build = await Updates.AddFinished(Data);
        await Updates.AddFinished(Data);
        long step = (await Data.GetAll<Step>($"/builds/{build.BuildId}/steps"))[0].StepId;
        await Updates.SetBuildProperty(build.BuildId, "late", (true, "test"));
        await Updates.SetStepStateString(step, "late");
        Clock.Advance(Month * 2);
        await Updates.Prune(KeepsOne);
        Func<Task>[] updates =
        [
            () => Updates.FinishBuild(build.BuildId, BuildResult.Success), () => Updates.SetBuildStateString(build.BuildId, "x"),
            () => Updates.SetBuildProperty(build.BuildId, "a", (1, "test")), () => Updates.NewStep(build.BuildId, "compile"),
            () => Updates.FinishStep(step, BuildResult.Success), () => Updates.StartStep(step), () => Updates.SetStepStateString(step, "x"),
            () => Updates.AddBuild(build.BuilderId, build.BuildRequestId), () => Updates.ClaimBuildRequests([build.BuildRequestId]),
            () => Updates.AddBuildset(parentBuildId: build.BuildId), () => Updates.AddBuildset(rebuiltBuildId: build.BuildId),
        ];
        long last = Data.Events.LastSequence;

        foreach (Func<Task> update in updates)
            await update.Should().ThrowAsync<ResourceNotFoundException>();

        Data.Events.LastSequence.Should().Be(last, "an update that fails announces nothing");
    }

    [Test]
    public async Task Prune_CalledAgain_FindsNothing()
    {
        await Updates.AddFinished(Data, count: 3);
        Clock.Advance(Month * 2);
        await Updates.Prune(KeepsOne);

        (await Updates.Prune(KeepsOne)).Should().Be(new PruneResult());
    }

    [Test]
    public async Task Prune_AbandonedSteps_GoWithTheirBuild()
    {
        (_, long request, long builder) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        AddedBuild build = await Updates.AddBuild(builder, request);
        await Updates.NewStep(build.BuildId, "abandoned");
        await Updates.FinishBuild(build.BuildId, BuildResult.Exception);
        await Updates.CompleteBuildRequests([request], BuildResult.Exception);
        await Updates.AddFinished(Data);
        Clock.Advance(Month * 2);

        (await Updates.Prune(KeepsOne)).Steps.Should().Be(1);
    }

    [Test]
    public async Task Prune_BuildWithVeryManySteps_IsRemovedAtOnce()
    {
        long[] steps = await Updates.Steps(6_000);
        Step first = (await Data.Get<Step>($"/steps/{steps[0]}"))!;
        await Updates.FinishBuild(first.BuildId, BuildResult.Failure);
        await Updates.AddFinished(Data);
        Clock.Advance(Month * 2);

        (await Updates.Prune(KeepsOne)).Steps.Should().Be(6_000);
    }

    [Test]
    public async Task Prune_InsideATransaction_IsRefused()
    {
        Func<Task> act = () => Updates.Transaction(updates => updates.Prune(KeepsOne));

        await act.Should().ThrowAsync<InvalidOperationException>();
    }

    [Test]
    public async Task Prune_Cancelled_StopsAndCanContinueLater()
    {
        await Updates.AddFinished(Data, count: 3);
        Clock.Advance(Month * 2);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        Func<Task> act = () => Updates.Prune(KeepsOne, cancellationToken: source.Token);

        await act.Should().ThrowAsync<OperationCanceledException>();
        (await Updates.Prune(KeepsOne)).Builds.Should().Be(2);
    }

    [Test]
    public async Task UniqueKey_OfARemovedBuildset_IsFree()
    {
        AddedBuildset first = await Updates.AddBuildset(uniqueKey: "delivery-1");
        await Updates.AddBuildset();
        Clock.Advance(Month * 2);
        await Updates.Prune(KeepsOne);

        AddedBuildset again = await Updates.AddBuildset(uniqueKey: "delivery-1");

        again.IsNew.Should().BeTrue();
        again.BuildsetId.Should().BeGreaterThan(first.BuildsetId);
    }
}
