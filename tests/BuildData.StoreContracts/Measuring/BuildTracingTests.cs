using System.Diagnostics;

namespace BuildData.StoreContracts;

/// <summary>Each finished build of a master is a trace.</summary>
public abstract class BuildTracingTests(StoreKind kind) : MasterTests(kind)
{
    private readonly string _name = $"traced-{Guid.NewGuid()}";
    private BuildTraces _traces = null!;
    private Activity? _ambient;

    protected override void Configure(BuildDataOptions options)
    {
        options.MasterName = _name;
        options.TraceBuilds();
        _traces = new BuildTraces(_name);
        _ambient = new Activity("ambient").Start();
    }

    [TearDown]
    public void StopTracing()
    {
        _ambient?.Stop();
        _traces?.Dispose();
    }

    [Test]
    public async Task Trace_BuildWithSteps_HasTheStoredTimes()
    {
        DateTimeOffset start = Clock.GetUtcNow();
        long buildId = await Updates.Build("linux");
        Clock.Advance(TimeSpan.FromSeconds(1));
        long stepId = (await Updates.NewStep(buildId, "compile")).StepId;
        await Updates.StartStep(stepId);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Updates.FinishStep(stepId, BuildResult.Success);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Master.DisposeAsync();

        Activity build = _traces.Builds.Should().ContainSingle().Which;
        (build.OperationName, build.StartTimeUtc, build.Duration).Should().Be(("RUN linux", start.UtcDateTime, TimeSpan.FromSeconds(8)));
        Activity step = _traces.Steps.Should().ContainSingle().Which;
        (step.OperationName, step.StartTimeUtc, step.Duration).Should().Be(("compile", start.UtcDateTime.AddSeconds(1), TimeSpan.FromSeconds(5)));
    }

    [Test]
    public async Task Trace_Build_HasTheAttributesOfTheConventions()
    {
        long buildId = await Updates.Build("linux");
        long stepId = (await Updates.NewStep(buildId, "compile")).StepId;
        await Updates.FinishStep(stepId, BuildResult.Warnings);
        await Updates.FinishBuild(buildId, BuildResult.Warnings);
        Build stored = (await Data.Get<Build>($"/builds/{buildId}"))!;
        await Master.DisposeAsync();

        _traces.Builds.Should().ContainSingle().Which.TagObjects.Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["cicd.pipeline.name"] = "linux",
            ["cicd.pipeline.action.name"] = "RUN",
            ["cicd.pipeline.run.id"] = $"{buildId}",
            ["cicd.pipeline.result"] = "success",
            ["cicd.worker.id"] = $"{stored.WorkerId}",
            ["builddata.build.id"] = buildId,
            ["builddata.build.number"] = 1L,
            ["builddata.result"] = "warnings",
        });
        _traces.Steps.Should().ContainSingle().Which.TagObjects.Should().BeEquivalentTo(new Dictionary<string, object?>
        {
            ["cicd.pipeline.task.name"] = "compile",
            ["cicd.pipeline.task.run.id"] = $"{stepId}",
            ["cicd.pipeline.task.run.result"] = "success",
            ["builddata.step.id"] = stepId,
            ["builddata.step.number"] = 0L,
            ["builddata.result"] = "warnings",
        });
    }

    [Test]
    public async Task Trace_BuildThatAnotherActivityFinishes_IsATraceOfItsOwn()
    {
        long buildId = await Updates.Build();
        long stepId = (await Updates.NewStep(buildId, "compile")).StepId;
        await Updates.FinishStep(stepId, BuildResult.Success);
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Master.DisposeAsync();

        Activity build = _traces.Builds.Should().ContainSingle().Which;
        build.ParentId.Should().BeNull();
        build.TraceId.Should().NotBe(_ambient!.TraceId);
        Activity step = _traces.Steps.Should().ContainSingle().Which;
        (step.TraceId, step.ParentSpanId).Should().Be((build.TraceId, build.SpanId));
    }

    [TestCase(BuildResult.Success, ActivityStatusCode.Unset, "success", null)]
    [TestCase(BuildResult.Failure, ActivityStatusCode.Error, "failure", "failure")]
    [TestCase(BuildResult.Skipped, ActivityStatusCode.Unset, "skip", null)]
    [TestCase(BuildResult.Exception, ActivityStatusCode.Error, "error", "exception")]
    [TestCase(BuildResult.Retry, ActivityStatusCode.Error, "error", "retry")]
    [TestCase(BuildResult.Cancelled, ActivityStatusCode.Unset, "cancellation", null)]
    public async Task Trace_Result_IsMapped(BuildResult result, ActivityStatusCode status, string mapped, string? error)
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildStateString(buildId, "at the end");
        await Updates.FinishBuild(buildId, result);
        await Master.DisposeAsync();

        Activity build = _traces.Builds.Should().ContainSingle().Which;
        (build.Status, build.GetTagItem("cicd.pipeline.result"), build.GetTagItem("error.type")).Should().Be((status, mapped, error));
        build.StatusDescription.Should().Be(status == ActivityStatusCode.Error ? "at the end" : null);
    }

    [Test]
    public async Task Trace_StepWithoutStartTime_BeginsAtItsEnd()
    {
        long buildId = await Updates.Build();
        long stepId = (await Updates.NewStep(buildId, "skipped")).StepId;
        Clock.Advance(TimeSpan.FromSeconds(3));
        await Updates.FinishStep(stepId, BuildResult.Skipped);
        DateTimeOffset end = Clock.GetUtcNow();
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Master.DisposeAsync();

        Activity step = _traces.Steps.Should().ContainSingle().Which;
        step.StartTimeUtc.Should().Be(end.UtcDateTime);
        step.Duration.Should().BeLessThan(TimeSpan.FromMilliseconds(1));
    }

    [Test]
    public async Task Trace_StepThatWasNotFinished_EndsWithItsBuild()
    {
        long buildId = await Updates.Build();
        long stepId = (await Updates.NewStep(buildId, "abandoned")).StepId;
        await Updates.StartStep(stepId);
        Clock.Advance(TimeSpan.FromSeconds(3));
        await Updates.FinishBuild(buildId, BuildResult.Cancelled);
        await Master.DisposeAsync();

        Activity step = _traces.Steps.Should().ContainSingle().Which;
        step.Duration.Should().Be(TimeSpan.FromSeconds(3));
        step.GetTagItem("cicd.pipeline.task.run.result").Should().BeNull();
    }

    [Test]
    public async Task Trace_StepThatNeverRan_IsLeftOut()
    {
        long buildId = await Updates.Build();
        await Updates.NewStep(buildId, "planned");
        await Updates.FinishBuild(buildId, BuildResult.Cancelled);
        await Master.DisposeAsync();

        _traces.Builds.Should().ContainSingle();
        _traces.Steps.Should().BeEmpty();
    }

    [Test]
    public async Task Trace_BuildWithManySteps_HasTheFirstThousandAndTellsTheRest()
    {
        long buildId = await Updates.Build();
        await Updates.Transaction(async u =>
        {
            for (int i = 0; i < 1_003; i++)
                await u.FinishStep((await u.NewStep(buildId, "s")).StepId, BuildResult.Success);
        });
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Master.DisposeAsync();

        _traces.Steps.Should().HaveCount(1_000);
        _traces.Builds.Should().ContainSingle().Which.GetTagItem("builddata.steps.omitted").Should().Be(3L);
    }

    [Test]
    public async Task Trace_BuildThatIsFinishedTwice_IsTracedOnce()
    {
        long buildId = await Updates.Build();
        await Updates.FinishBuild(buildId, BuildResult.Failure);
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Master.DisposeAsync();

        _traces.Builds.Should().ContainSingle().Which.GetTagItem("cicd.pipeline.result").Should().Be("failure");
    }

    [Test]
    public async Task Trace_ListenerThatThrows_FailsNoLaterTrace()
    {
        bool hasThrown = false;
        using var throwing = new BuildTraces(_name, _ =>
        {
            if (!hasThrown)
            {
                hasThrown = true;
                throw new InvalidOperationException("the listener's");
            }
        });
        for (int i = 0; i < 2; i++)
            await Updates.FinishBuild(await Updates.Build(), BuildResult.Success);
        await Master.DisposeAsync();

        hasThrown.Should().BeTrue();
        throwing.Builds.Should().HaveCount(2);
    }
}
