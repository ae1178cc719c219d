namespace BuildData.StoreContracts;

/// <summary>A restarted master ends what its earlier process has left open, and only that.</summary>
public abstract class RecoveryTests(StoreKind kind) : StoreTests(kind)
{
    [Test]
    public async Task RecoverInterrupted_BuildWasRunning_EndsItAndItsStepsAndReleasesTheClaim()
    {
        Interrupted left = await LeaveOpen();
        await using Master master = await Store.Open();

        RecoveredWork recovered = await master.Data.Updates.RecoverInterrupted();

        recovered.Should().BeEquivalentTo(new RecoveredWork([left.BuildId], [left.StepId], [left.RequestId], []));
        (await master.Data.Get<Step>($"/steps/{left.StepId}"))!.Results.Should().Be(BuildResult.Retry);
        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Results.Should().Be(BuildResult.Retry);
        (await master.Data.Updates.ClaimNext([left.BuilderId]))?.BuildRequestId.Should().Be(left.RequestId);
    }

    [Test]
    public async Task RecoverInterrupted_BuildWasRunning_IsAnnouncedAsOneChange()
    {
        Interrupted left = await LeaveOpen();
        Master master = await Store.Open();
        Subscription events = master.Data.Events.Subscribe(["/buildrequests/*", "/builds/*", "/steps/*"]);

        await master.Data.Updates.RecoverInterrupted(BuildResult.Exception);

        await master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Path)).Should().Equal(
            ("finished", $"/steps/{left.StepId}"), ("finished", $"/builds/{left.BuildId}"), ("unclaimed", $"/buildrequests/{left.RequestId}"));
    }

    [Test]
    public async Task RecoverInterrupted_ThisProcessHasStartedABuild_LeavesThatAlone()
    {
        await LeaveOpen();
        await using Master master = await Store.Open();
        (_, _, long windows) = await master.Data.Updates.Request("windows");
        StartedBuild? own = await master.Data.Updates.StartNext(null, [windows]);

        await master.Data.Updates.RecoverInterrupted();

        (await master.Data.Get<Build>($"/builds/{own!.BuildId}"))!.Complete.Should().BeFalse();
        (await master.Data.Get<BuildRequest>($"/buildrequests/{own.Request.BuildRequestId}"))!.Claimed.Should().BeTrue();
    }

    [Test]
    public async Task RecoverInterrupted_Again_FindsNothing()
    {
        await LeaveOpen();
        await using Master master = await Store.Open();
        await master.Data.Updates.RecoverInterrupted();

        (await master.Data.Updates.RecoverInterrupted()).IsEmpty.Should().BeTrue();
    }

    [Test]
    public async Task RecoverInterrupted_ThisProcessHasReleasedAndClaimedAgain_KeepsTheNewClaim()
    {
        Interrupted left = await LeaveOpen();
        await using Master master = await Store.Open();
        await master.Data.Updates.UnclaimBuildRequests([left.RequestId]);
        await master.Data.Updates.ClaimBuildRequests([left.RequestId]);

        RecoveredWork recovered = await master.Data.Updates.RecoverInterrupted();

        recovered.ReleasedBuildRequestIds.Should().BeEmpty();
    }

    [Test]
    public async Task RecoverInterrupted_CancellationWasRequested_EndsAsCancelled()
    {
        Interrupted left = await LeaveOpen(cancel: true);
        await using Master master = await Store.Open();

        RecoveredWork recovered = await master.Data.Updates.RecoverInterrupted();

        recovered.CancelledBuildRequestIds.Should().Equal(left.RequestId);
        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Results.Should().Be(BuildResult.Cancelled);
        (await master.Data.Get<BuildRequest>($"/buildrequests/{left.RequestId}"))!.Results.Should().Be(BuildResult.Cancelled);
        (await master.Data.Get<Buildset>($"/buildsets/{left.BuildsetId}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task RecoverInterrupted_StepOfAFinishedBuildIsOpen_FinishesTheStep()
    {
        Interrupted left = await LeaveOpen(finishBuild: true);
        await using Master master = await Store.Open();

        RecoveredWork recovered = await master.Data.Updates.RecoverInterrupted();

        (recovered.FinishedBuildIds.Count, recovered.FinishedStepIds.Count).Should().Be((0, 1));
        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Results.Should().Be(BuildResult.Success);
    }

    [Test]
    public async Task RecoverInterrupted_TheBuildWasFinishedAndRemovedMeanwhile_FindsNothing()
    {
        Interrupted left = await LeaveOpen();
        await using Master master = await Store.Open();
        Updates updates = master.Data.Updates;
        await updates.FinishStep(left.StepId, BuildResult.Success);
        await updates.FinishBuild(left.BuildId, BuildResult.Failure);
        await updates.CompleteBuildRequests([left.RequestId], BuildResult.Failure);
        await NewBuild(updates);
        await NewBuild(updates);
        await updates.Prune(new HistoryPolicy(TimeSpan.FromTicks(10), atLeastPerBuilder: 1));

        (await updates.RecoverInterrupted()).IsEmpty.Should().BeTrue();

        (await master.Data.Get<Build>($"/builds/{left.BuildId}")).Should().BeNull();
    }

    [Test]
    public async Task RecoverInterrupted_WorkOfAnotherMaster_IsLeftAlone()
    {
        Interrupted left = await LeaveOpen(masterName: "other");
        await using Master master = await Store.Open();

        (await master.Data.Updates.RecoverInterrupted()).IsEmpty.Should().BeTrue();

        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task Open_WithRecoverOnOpen_HasEndedEverything()
    {
        Interrupted left = await LeaveOpen();

        await using Master master = await Store.Open(options => options.RecoverOnOpen());

        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Results.Should().Be(BuildResult.Retry);
        (await master.Data.GetAll<BuildRequest>("/buildrequests?claimed=false")).Should().ContainSingle();
        master.Recovered!.FinishedBuildIds.Should().Equal(left.BuildId);
    }

    [Test]
    public async Task Open_WithoutRecoverOnOpen_LeavesEverythingOpen()
    {
        Interrupted left = await LeaveOpen();

        await using Master master = await Store.Open();

        (await master.Data.Get<Build>($"/builds/{left.BuildId}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task RecoverInterrupted_UndefinedResult_IsAnArgumentError()
    {
        await using Master master = await Store.Open();

        await master.Awaiting(m => m.Data.Updates.RecoverInterrupted((BuildResult)99)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    private static async Task NewBuild(Updates updates)
    {
        (_, long request, long builder) = await updates.Request(stamp: new SourceStampKey { Revision = Guid.NewGuid().ToString() });
        StartedBuild? build = await updates.StartNext(null, [builder]);
        await updates.NewStep(build!.BuildId, "compile");
        await updates.FinishBuild(build.BuildId, BuildResult.Success);
        await updates.CompleteBuildRequests([request], BuildResult.Success);
    }

    private async Task<Interrupted> LeaveOpen(bool cancel = false, bool finishBuild = false, string masterName = "master")
    {
        await using Master master = await Store.Open(options => options.MasterName = masterName);
        Updates updates = master.Data.Updates;
        (long buildset, long request, long builder) = await updates.Request();
        StartedBuild? build = await updates.StartNext(null, [builder]);
        AddedStep step = await updates.NewStep(build!.BuildId, "compile");
        await updates.StartStep(step.StepId);
        if (cancel)
            await updates.CancelBuildRequests([request], "stop");
        if (finishBuild)
            await updates.FinishBuild(build.BuildId, BuildResult.Success);
        return new Interrupted(buildset, request, builder, build.BuildId, step.StepId);
    }

    private sealed record Interrupted(long BuildsetId, long RequestId, long BuilderId, long BuildId, long StepId);
}
