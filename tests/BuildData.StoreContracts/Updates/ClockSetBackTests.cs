namespace BuildData.StoreContracts;

/// <summary>Nothing ends before it began, even if the clock is set back.</summary>
public abstract class ClockSetBackTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly TimeSpan Back = TimeSpan.FromMinutes(-10);

    [Test]
    public async Task FinishBuild_ClockSetBack_EndsWhenItBegan()
    {
        long buildId = await Updates.Build();
        DateTimeOffset began = SetBack();
        await using Subscription events = Data.Events.Subscribe("/builds/*");

        await Updates.FinishBuild(buildId, BuildResult.Success);

        Build? build = await Data.Get<Build>($"/builds/{buildId}");
        (build!.StartedAt, build.CompleteAt).Should().Be((began, began));
        (await events.Next(1))[0].Resource.Should().BeOfType<Build>().Which.CompleteAt.Should().Be(began);
    }

    [Test]
    public async Task FinishStep_ClockSetBack_EndsWhenItBegan()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);
        DateTimeOffset began = SetBack();
        await using Subscription events = Data.Events.Subscribe("/steps/*");

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");
        (step!.StartedAt, step.CompleteAt).Should().Be((began, began));
        (await events.Next(1))[0].Resource.Should().Be(step);
    }

    [Test]
    public async Task FinishStep_StartGivenAsLater_EndsNow()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId, Clock.GetUtcNow().AddHours(1));

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await Data.Get<Step>($"/steps/{stepId}"))!.CompleteAt.Should().Be(Clock.GetUtcNow());
    }

    [Test]
    public async Task FinishStep_StartGivenAndThenRead_EndsWhenItBegan()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId, Clock.GetUtcNow().AddHours(1));
        await Updates.StartStep(stepId);
        DateTimeOffset began = SetBack();

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await Data.Get<Step>($"/steps/{stepId}"))!.CompleteAt.Should().Be(began);
    }

    [Test]
    public async Task FinishStep_NeverStarted_EndsNow()
    {
        long stepId = await Updates.Step();
        SetBack();

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await Data.Get<Step>($"/steps/{stepId}"))!.CompleteAt.Should().Be(Clock.GetUtcNow());
    }

    [Test]
    public async Task CompleteBuildRequests_ClockSetBack_EndsWhenItWasSubmitted()
    {
        (long buildsetId, long request, _) = await Updates.Request();
        DateTimeOffset submitted = SetBack();
        await using Subscription events = Data.Events.Subscribe(["/buildrequests/*", "/buildsets/*"]);

        await Updates.CompleteBuildRequests([request], BuildResult.Success);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.CompleteAt.Should().Be(submitted);
        (await Data.Get<Buildset>($"/buildsets/{buildsetId}"))!.CompleteAt.Should().Be(submitted);
        List<DataEvent> announced = await events.Next(2);
        announced[0].Resource.Should().BeOfType<BuildRequest>().Which.CompleteAt.Should().Be(submitted);
        announced[1].Resource.Should().BeOfType<Buildset>().Which.CompleteAt.Should().Be(submitted);
    }

    [Test]
    public async Task CompleteBuildRequests_TimeGivenAsEarlier_IsStoredAsGiven()
    {
        (_, long request, _) = await Updates.Request();
        DateTimeOffset given = Clock.GetUtcNow().AddHours(-1);

        await Updates.CompleteBuildRequests([request], BuildResult.Success, given);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.CompleteAt.Should().Be(given);
    }

    [Test]
    public async Task ClaimBuildRequests_ClockSetBack_IsNotBeforeItWasSubmitted()
    {
        (_, long request, _) = await Updates.Request();
        DateTimeOffset submitted = SetBack();
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*");

        await Updates.ClaimBuildRequests([request]);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.ClaimedAt.Should().Be(submitted);
        (await events.Next(1))[0].Resource.Should().BeOfType<BuildRequest>().Which.ClaimedAt.Should().Be(submitted);
    }

    [Test]
    public async Task ClaimBuildRequests_TimeGivenAsEarlier_IsStoredAsGiven()
    {
        (_, long request, _) = await Updates.Request();
        DateTimeOffset given = Clock.GetUtcNow().AddHours(-1);

        await Updates.ClaimBuildRequests([request], given);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.ClaimedAt.Should().Be(given);
    }

    [Test]
    public async Task AddBuildset_ClockSetBack_SkipsTheOlderRequestWhenThatWasSubmitted()
    {
        (_, long older, _) = await Updates.Request();
        DateTimeOffset submitted = SetBack();

        await Updates.Request();

        BuildRequest? request = await Data.Get<BuildRequest>($"/buildrequests/{older}");
        (request!.ClaimedAt, request.CompleteAt).Should().Be((submitted, submitted));
    }

    /// <summary>Sets the clock back, and returns the time that it showed before.</summary>
    private DateTimeOffset SetBack()
    {
        DateTimeOffset before = Clock.GetUtcNow();
        Clock.AdjustTime(before + Back);
        return before;
    }
}
