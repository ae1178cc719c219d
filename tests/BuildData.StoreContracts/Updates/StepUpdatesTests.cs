namespace BuildData.StoreContracts;

public abstract class StepUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Step_ThroughItsLife_IsWhatWasSaid()
    {
        long stepId = await Updates.Step("compile");
        Clock.Advance(TimeSpan.FromSeconds(1));
        DateTimeOffset started = Clock.GetUtcNow();
        await Updates.StartStep(stepId);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Updates.SetStepLocksAcquiredAt(stepId);
        await Updates.SetStepStateString(stepId, "compiling");
        await Updates.AddStepUrl(stepId, "log", "https://example.org/1");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Updates.FinishStep(stepId, BuildResult.Failure, hidden: true);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");

        step.Should().BeEquivalentTo(new Step
        {
            StepId = stepId,
            BuildId = 1,
            Number = 0,
            Name = "compile",
            StartedAt = started,
            LocksAcquiredAt = started.AddSeconds(1),
            Complete = true,
            CompleteAt = started.AddSeconds(2),
            StateString = "compiling",
            Results = BuildResult.Failure,
            Urls = [new StepUrl("log", "https://example.org/1")],
            Hidden = true,
        });
    }

    [Test]
    public async Task StartStep_WithLocks_SetsBothTimes()
    {
        long stepId = await Updates.Step();

        await Updates.StartStep(stepId, Clock.GetUtcNow().AddHours(-1), locksAcquired: true);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");
        (step!.StartedAt, step.LocksAcquiredAt).Should().Be((Clock.GetUtcNow().AddHours(-1), Clock.GetUtcNow().AddHours(-1)));
    }

    [Test]
    public async Task FinishStep_WithATime_HasThatTime()
    {
        long stepId = await Updates.Step();
        DateTimeOffset completeAt = Clock.GetUtcNow().AddHours(-2);

        await Updates.FinishStep(stepId, BuildResult.Success, completeAt: completeAt);

        (await Data.Get<Step>($"/steps/{stepId}"))!.CompleteAt.Should().Be(completeAt);
    }

    [Test]
    public async Task FinishStep_Again_Overwrites()
    {
        long stepId = await Updates.Step();
        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);
        Clock.Advance(TimeSpan.FromSeconds(5));

        await Updates.FinishStep(stepId, BuildResult.Cancelled, hidden: true);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");
        (step!.Results, step.Hidden, step.CompleteAt).Should().Be((BuildResult.Cancelled, true, Clock.GetUtcNow()));
    }

    [Test]
    public async Task AddStepUrl_SamePairAgain_IsKeptOnce()
    {
        long stepId = await Updates.Step();

        await Updates.AddStepUrl(stepId, "log", "u1");
        await Updates.AddStepUrl(stepId, "log", "u2");
        await Updates.AddStepUrl(stepId, "log", "u1");

        Step? step = await Data.Get<Step>($"/steps/{stepId}");
        step!.Urls.Should().Equal(new StepUrl("log", "u1"), new StepUrl("log", "u2"));
    }

    [Test]
    public async Task NewStep_TakenName_GetsTheFirstFreeNumber()
    {
        long buildId = await Updates.Build();
        await Updates.NewStep(buildId, "a_2");
        string[] asked = ["a", "a", "a", "a_1"];
        var names = new List<string>();

        foreach (string name in asked)
            names.Add((await Updates.NewStep(buildId, name)).Name);

        names.Should().Equal("a", "a_1", "a_3", "a_1_1");
    }

    [Test]
    public async Task NewStep_TakenLongName_IsCutOnTheLeftToFit()
    {
        long buildId = await Updates.Build();
        string name = string.Concat(Enumerable.Repeat("🚀", 50));
        await Updates.NewStep(buildId, name);

        AddedStep second = await Updates.NewStep(buildId, name);

        second.Name.Should().Be(string.Concat(Enumerable.Repeat("🚀", 48)) + "_1");
    }

    [Test]
    public async Task NewStep_AfterReopening_GoesOnCounting()
    {
        long buildId = await Updates.Build();
        await Updates.NewStep(buildId, "a");
        await Updates.NewStep(buildId, "a");
        await Master.DisposeAsync();
        await using Master again = await Store.Open();

        AddedStep step = await again.Data.Updates.NewStep(buildId, "a");

        step.Should().Be(new AddedStep(3, 2, "a_2"));
    }

    [TestCase("1st")]
    [TestCase("run tests")]
    [TestCase("")]
    public async Task NewStep_NoIdentifier_FailsAndSuggestsOne(string name)
    {
        long buildId = await Updates.Build();

        await Updates.Awaiting(updates => updates.NewStep(buildId, name))
            .Should().ThrowAsync<ArgumentException>().WithMessage($"*similar identifier is '{Identifier.Coerce(name)}'*");
        (await Data.GetAll<Step>("/steps")).Should().BeEmpty();
    }

    [Test]
    public async Task Updates_OfAStepThatDoesNotExist_FailAndNameIt()
    {
        Func<Updates, Task>[] calls =
        [
            updates => updates.StartStep(9),
            updates => updates.SetStepLocksAcquiredAt(9),
            updates => updates.SetStepStateString(9, "x"),
            updates => updates.AddStepUrl(9, "n", "u"),
            updates => updates.FinishStep(9, BuildResult.Success, hidden: false),
        ];

        foreach (Func<Updates, Task> call in calls)
        {
            await Updates.Awaiting(call).Should().ThrowAsync<ResourceNotFoundException>()
                .Where(error => error.Kind == "step" && error.Id == 9);
        }
    }

    [Test]
    public async Task NewStep_BuildThatDoesNotExist_FailsAndNamesIt() =>
        await Updates.Awaiting(updates => updates.NewStep(7, "a")).Should().ThrowAsync<ResourceNotFoundException>()
            .WithMessage("There is no build with the id 7.");

    [Test]
    public async Task FinishStep_NoResultCode_Fails()
    {
        long stepId = await Updates.Step();

        await Updates.Awaiting(updates => updates.FinishStep(stepId, (BuildResult)9, hidden: false)).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }
}
