namespace BuildData.StoreContracts;

/// <summary>With strict rules, an update that does not fit the state is refused and changes nothing.</summary>
public abstract class StrictLifecycleTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task AddBuild_RequestIsNotClaimed_IsRefused()
    {
        (_, long request, long builder) = await Updates.Request();

        await Refuse(updates => updates.AddBuild(builder, request), "build request", request);
    }

    [Test]
    public async Task AddBuild_RequestIsComplete_IsRefused()
    {
        (_, long request, long builder) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await Updates.CompleteBuildRequests([request], BuildResult.Success);

        await Refuse(updates => updates.AddBuild(builder, request), "build request", request);
    }

    [Test]
    public async Task AddBuild_AnotherBuildOfTheRequestRuns_IsRefused()
    {
        StartedBuild build = await Start();

        await Refuse(updates => updates.AddBuild(build.Request.BuilderId, build.Request.BuildRequestId), "build request", build.Request.BuildRequestId);
    }

    [Test]
    public async Task AddBuild_TheEarlierBuildOfTheRequestHasFinished_IsAccepted()
    {
        StartedBuild build = await Start();
        await Updates.FinishBuild(build.BuildId, BuildResult.Retry);

        AddedBuild second = await Updates.AddBuild(build.Request.BuilderId, build.Request.BuildRequestId);

        second.Number.Should().Be(2);
    }

    [Test]
    public async Task NewStep_BuildIsFinished_IsRefused()
    {
        StartedBuild build = await Start();
        await Updates.FinishBuild(build.BuildId, BuildResult.Success);

        await Refuse(updates => updates.NewStep(build.BuildId, "compile"), "build", build.BuildId);
    }

    [Test]
    public async Task StartStep_AlreadyStarted_IsRefused()
    {
        long step = await AddStep(await Start());
        await Updates.StartStep(step);

        await Refuse(updates => updates.StartStep(step), "step", step);
    }

    [Test]
    public async Task StartStep_Finished_IsRefused()
    {
        long step = await AddStep(await Start());
        await Updates.FinishStep(step, BuildResult.Skipped);

        await Refuse(updates => updates.StartStep(step), "step", step);
    }

    [Test]
    public async Task SetStepLocksAcquiredAt_Finished_IsRefused()
    {
        long step = await AddStep(await Start());
        await Updates.FinishStep(step, BuildResult.Skipped);

        await Refuse(updates => updates.SetStepLocksAcquiredAt(step), "step", step);
    }

    [Test]
    public async Task FinishStep_AgainWithAnotherResult_IsRefused()
    {
        long step = await AddStep(await Start());
        await Updates.FinishStep(step, BuildResult.Failure);

        await Refuse(updates => updates.FinishStep(step, BuildResult.Success), "step", step);

        (await Data.Get<Step>($"/steps/{step}"))!.Results.Should().Be(BuildResult.Failure);
    }

    [Test]
    public async Task FinishStep_AgainWithTheSameResult_ChangesAndAnnouncesNothing()
    {
        long step = await AddStep(await Start());
        await Updates.FinishStep(step, BuildResult.Failure);
        Step? before = await Data.Get<Step>($"/steps/{step}");
        Clock.Advance(TimeSpan.FromMinutes(1));
        Subscription events = Data.Events.Subscribe("/steps/*");

        await Updates.FinishStep(step, BuildResult.Failure);

        (await Data.Get<Step>($"/steps/{step}")).Should().Be(before);
        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task FinishStep_AgainWithAnotherVisibility_IsRefused()
    {
        long step = await AddStep(await Start());
        await Updates.FinishStep(step, BuildResult.Success);

        await Refuse(updates => updates.FinishStep(step, BuildResult.Success, hidden: true), "step", step);
    }

    [Test]
    public async Task FinishStep_WithoutAStateStringOfItsOwn_SaysFinished()
    {
        long step = await AddStep(await Start());

        await Updates.FinishStep(step, BuildResult.Success);

        (await Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be("finished");
    }

    [Test]
    public async Task FinishStep_WithAStateStringOfItsOwn_KeepsIt()
    {
        long step = await AddStep(await Start());
        await Updates.SetStepStateString(step, "3 tests failed");

        await Updates.FinishStep(step, BuildResult.Failure);

        (await Data.Get<Step>($"/steps/{step}"))!.StateString.Should().Be("3 tests failed");
    }

    [Test]
    public async Task FinishBuild_AStepIsNotFinished_IsRefused()
    {
        StartedBuild build = await Start();
        await AddStep(build);

        await Refuse(updates => updates.FinishBuild(build.BuildId, BuildResult.Success), "build", build.BuildId);
    }

    [Test]
    public async Task FinishBuild_AgainWithAnotherResult_IsRefused()
    {
        StartedBuild build = await Start();
        await Updates.FinishBuild(build.BuildId, BuildResult.Cancelled);

        await Refuse(updates => updates.FinishBuild(build.BuildId, BuildResult.Success), "build", build.BuildId);

        (await Data.Get<Build>($"/builds/{build.BuildId}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task FinishBuild_AgainWithTheSameResult_ChangesNothing()
    {
        StartedBuild build = await Start();
        await Updates.FinishBuild(build.BuildId, BuildResult.Success);
        Build? before = await Data.Get<Build>($"/builds/{build.BuildId}");
        Clock.Advance(TimeSpan.FromMinutes(1));

        await Updates.FinishBuild(build.BuildId, BuildResult.Success);

        (await Data.Get<Build>($"/builds/{build.BuildId}")).Should().Be(before);
    }

    [Test]
    public async Task CompleteBuildRequests_NotClaimed_IsRefused()
    {
        (_, long request, _) = await Updates.Request();

        await Refuse(updates => updates.CompleteBuildRequests([request], BuildResult.Success), "build request", request);
    }

    [Test]
    public async Task CompleteBuildRequests_ABuildStillRuns_IsRefused()
    {
        StartedBuild build = await Start();

        await Refuse(updates => updates.CompleteBuildRequests([build.Request.BuildRequestId], BuildResult.Success), "build request", build.Request.BuildRequestId);
    }

    [Test]
    public async Task UnclaimBuildRequests_ABuildStillRuns_IsRefused()
    {
        StartedBuild build = await Start();

        await Refuse(updates => updates.UnclaimBuildRequests([build.Request.BuildRequestId]), "build request", build.Request.BuildRequestId);

        (await Data.Get<BuildRequest>($"/buildrequests/{build.Request.BuildRequestId}"))!.Claimed.Should().BeTrue();
    }

    [Test]
    public async Task WholeLife_InOrder_IsAccepted()
    {
        StartedBuild build = await Start();
        long step = await AddStep(build);
        await Updates.StartStep(step, locksAcquired: true);
        await Updates.AddStepUrl(step, "log", "https://example.org/1");
        await Updates.FinishStep(step, BuildResult.Success);
        await Updates.FinishBuild(build.BuildId, BuildResult.Success);

        BuildRequestsResult completed = await Updates.CompleteBuildRequests([build.Request.BuildRequestId], BuildResult.Success);

        completed.Succeeded.Should().BeTrue();
    }

    protected override void Configure(BuildDataOptions options) => options.Lifecycle = Lifecycle.Strict;

    private async Task Refuse(Func<Updates, Task> update, string kind, long id)
    {
        Func<Task> act = () => update(Updates);

        UpdateRefusedException refused = (await act.Should().ThrowAsync<UpdateRefusedException>()).Which;
        (refused.Kind, refused.Id).Should().Be((kind, id));
    }

    private async Task<StartedBuild> Start()
    {
        (_, _, long builder) = await Updates.Request();
        return (await Updates.StartNext(null, [builder]))!;
    }

    private async Task<long> AddStep(StartedBuild build) => (await Updates.NewStep(build.BuildId, "compile")).StepId;
}
