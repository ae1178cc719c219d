using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.StoreContracts;

/// <summary>A master measures its builds.</summary>
public abstract class BuildMeasuringTests(StoreKind kind) : StoreTests(kind)
{
    private TestClock _clock = null!;
    private TestMeters _meters = null!;
    private MetricCollector<double> _durations = null!;
    private MetricCollector<long> _errors = null!;

    [SetUp]
    public void Collect()
    {
        _clock = new TestClock();
        _meters = new TestMeters();
        _durations = _meters.Collect<double>("cicd.pipeline.run.duration");
        _errors = _meters.Collect<long>("cicd.pipeline.run.errors");
    }

    [TearDown]
    public void StopCollecting()
    {
        _durations?.Dispose();
        _errors?.Dispose();
        _meters?.Dispose();
    }

    [TestCase(BuildResult.Success, "success", null)]
    [TestCase(BuildResult.Warnings, "success", null)]
    [TestCase(BuildResult.Failure, "failure", "failure")]
    [TestCase(BuildResult.Skipped, "skip", null)]
    [TestCase(BuildResult.Exception, "error", "exception")]
    [TestCase(BuildResult.Retry, "error", "retry")]
    [TestCase(BuildResult.Cancelled, "cancellation", null)]
    public async Task Finish_Build_MeasuresItsDurationAndResult(BuildResult result, string mapped, string? error)
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build("linux");
        _clock.Advance(TimeSpan.FromSeconds(90));
        await master.Data.Updates.FinishBuild(buildId, result);
        await master.DisposeAsync();

        CollectedMeasurement<double> measured = Executed().Should().ContainSingle().Which;
        measured.Value.Should().Be(90);
        measured.Tags.GetValueOrDefault("cicd.pipeline.name").Should().Be("linux");
        measured.Tags.GetValueOrDefault("cicd.pipeline.result").Should().Be(mapped);
        measured.Tags.GetValueOrDefault("error.type").Should().Be(error);
    }

    [Test]
    public async Task Finish_Twice_IsMeasuredOnce()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        await master.Data.Updates.FinishBuild(buildId, BuildResult.Failure);
        await master.Data.Updates.FinishBuild(buildId, BuildResult.Success);
        await master.DisposeAsync();

        Executed().Should().ContainSingle().Which.Tags["cicd.pipeline.result"].Should().Be("failure");
    }

    [Test]
    public async Task Start_Build_MeasuresTheTimeInTheQueue()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        (_, long requestId, long builderId) = await updates.Request("linux");
        _clock.Advance(TimeSpan.FromSeconds(30));
        await updates.ClaimBuildRequests([requestId]);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await updates.AddBuild(builderId, requestId);
        await master.DisposeAsync();

        CollectedMeasurement<double> measured = Pending().Should().ContainSingle().Which;
        (measured.Value, measured.Tags["cicd.pipeline.name"], measured.Tags.ContainsKey("cicd.pipeline.result")).Should().Be((32, "linux", false));
    }

    [Test]
    public async Task Start_BuildThatIsTriedAgain_HasWaitedSinceTheRelease()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        (_, long requestId, long builderId) = await updates.Request();
        await updates.ClaimBuildRequests([requestId]);
        await updates.FinishBuild((await updates.AddBuild(builderId, requestId)).BuildId, BuildResult.Retry);
        _clock.Advance(TimeSpan.FromSeconds(100));
        await updates.UnclaimBuildRequests([requestId]);
        _clock.Advance(TimeSpan.FromSeconds(7));
        await updates.ClaimBuildRequests([requestId]);
        await updates.AddBuild(builderId, requestId);
        await updates.AddBuild(builderId, requestId);
        await master.DisposeAsync();

        Pending().Select(one => one.Value).Should().Equal([0, 7], "the last build had no wait of its own");
    }

    [Test]
    public async Task Active_BuildsOfTwoBuilders_AreCountedByBuilder()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        long first = await updates.Build("linux");
        await updates.Build("linux");
        long mac = await updates.Build("mac");
        await updates.FinishBuild(first, BuildResult.Success);
        await updates.FinishBuild(mac, BuildResult.Success);
        await _durations.WaitForMeasurementsAsync(5, Given.Patience);

        Active().Should().BeEquivalentTo([("linux", 1), ("mac", 0)]);
        _meters.ObserveWithTags<int>("cicd.pipeline.run.active").Should().AllSatisfy(one => one.Tags["cicd.pipeline.run.state"].Should().Be("executing"));
    }

    [Test]
    public async Task Workers_WithTwoBuildsEach_AreBusyOnce()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        long first = await updates.Build();
        await updates.Build();
        await updates.FinishBuild(first, BuildResult.Success);
        await _durations.WaitForMeasurementsAsync(3, Given.Patience);

        CollectedMeasurement<int> measured = _meters.ObserveWithTags<int>("cicd.worker.count").Should().ContainSingle().Which;
        (measured.Value, measured.Tags["cicd.worker.state"]).Should().Be((1, "busy"));
    }

    [Test]
    public async Task Waiting_RequestsThatNobodyHasClaimed_AreCounted()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        (_, long claimed, long builderId) = await updates.Request("linux", new SourceStampKey { Revision = "1" });
        (_, long released, _) = await updates.Request("linux", new SourceStampKey { Revision = "2" });
        (_, long complete, _) = await updates.Request("linux", new SourceStampKey { Revision = "3" });
        await updates.ClaimBuildRequests([claimed, released, complete]);
        await updates.UnclaimBuildRequests([released]);
        await updates.CompleteBuildRequests([complete], BuildResult.Skipped);
        await updates.AddBuild(builderId, claimed);
        await _durations.WaitForMeasurementsAsync(1, Given.Patience);

        Waiting().Should().BeEquivalentTo([("linux", 1)]);
    }

    [Test]
    public async Task Errors_FailedSteps_AreCountedByKind()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        long buildId = await updates.Build("linux");
        foreach (BuildResult result in new[] { BuildResult.Failure, BuildResult.Success, BuildResult.Failure, BuildResult.Exception, BuildResult.Cancelled })
            await updates.FinishStep((await updates.NewStep(buildId, "s")).StepId, result);
        await updates.FinishBuild(buildId, BuildResult.Failure);
        await master.DisposeAsync();

        Errors().Should().BeEquivalentTo([("linux", "failure", 2L), ("linux", "exception", 1L)]);
    }

    [Test]
    public async Task Errors_BuildThatFailsWithoutAFailedStep_IsOne()
    {
        await using Master master = await Open();
        await master.Data.Updates.FinishBuild(await master.Data.Updates.Build("linux"), BuildResult.Exception);
        await master.DisposeAsync();

        Errors().Should().BeEquivalentTo([("linux", "exception", 1L)]);
    }

    [Test]
    public async Task Open_BuildsThatAlreadyRun_AreCountedAndMeasuredAtTheirEnd()
    {
        long buildId;
        await using (Master before = await Store.Open(options => options.TimeProvider = _clock))
        {
            buildId = await before.Data.Updates.Build("linux");
            await before.Data.Updates.Request("mac");
        }

        await using Master master = await Open();
        IEnumerable<(object?, int)> active = Active();
        IEnumerable<(object?, int)> waiting = Waiting();
        _clock.Advance(TimeSpan.FromSeconds(60));
        await master.Data.Updates.FinishBuild(buildId, BuildResult.Success);
        await master.DisposeAsync();

        active.Should().BeEquivalentTo([("linux", 1)]);
        waiting.Should().BeEquivalentTo([("linux", 1), ("mac", 1)], "neither request was claimed");
        Executed().Should().ContainSingle().Which.Value.Should().Be(60);
        Pending().Should().BeEmpty("the build has started before");
    }

    [Test]
    public async Task Open_BuildsOfAnotherMaster_AreNotItsOwn()
    {
        long buildId;
        await using (Master another = await Open(options => options.MasterName = "another"))
            buildId = await another.Data.Updates.Build();
        int started = Pending().Count;

        await using Master master = await Open(options => options.MasterName = "this");
        IEnumerable<(object?, int)> active = Active();
        await master.Data.Updates.FinishBuild(buildId, BuildResult.Success);
        await master.DisposeAsync();

        started.Should().Be(1, "the other master has measured it");
        active.Should().BeEmpty();
        _durations.GetMeasurementSnapshot().Should().HaveCount(started);
    }

    [Test]
    public async Task Finish_FollowerFallsBehind_MeasuresEachBuildOnce()
    {
        using MetricCollector<long> lagged = _meters.Collect<long>("builddata.subscriber.lagged");
        await using Master master = await Open(options => options.SubscriberBuffer = 1);
        Updates updates = master.Data.Updates;
        long before = await updates.Build("linux");
        _clock.Advance(TimeSpan.FromSeconds(10));

        await updates.Transaction(async u =>
        {
            for (int i = 0; i < 50; i++)
            {
                (_, long requestId, long builderId) = await u.Request("linux", new SourceStampKey { Revision = $"{i}" });
                await u.ClaimBuildRequests([requestId]);
                AddedBuild build = await u.AddBuild(builderId, requestId);
                if (i % 2 == 0)
                    await u.FinishBuild(build.BuildId, BuildResult.Success);
            }

            await u.FinishBuild(before, BuildResult.Failure);
        });
        await _durations.WaitForMeasurementsAsync(51 + 26, Given.Patience);
        IEnumerable<(object?, int)> active = Active();
        await master.DisposeAsync();

        lagged.GetMeasurementSnapshot().Should().NotBeEmpty("otherwise this tests nothing");
        Pending().Should().HaveCount(51);
        Executed().Select(one => one.Value).Should().HaveCount(26).And.ContainSingle(seconds => seconds == 10);
        active.Should().BeEquivalentTo([("linux", 25)]);
    }

    [Test]
    public async Task Finish_ManyCallersAndAFollowerThatFallsBehind_MeasuresEachBuildOnce()
    {
        await using Master master = await Open(options => options.SubscriberBuffer = 2);
        Updates updates = master.Data.Updates;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < 25; i++)
                await updates.FinishBuild(await updates.Build($"builder-{caller}"), BuildResult.Success);
        })));
        await master.DisposeAsync();

        Pending().Should().HaveCount(400);
        Executed().Should().HaveCount(400);
    }

    [Test]
    public async Task Dispose_AfterALag_MeasuresWhatIsFinished()
    {
        await using Master master = await Open(options => options.SubscriberBuffer = 1);
        Updates updates = master.Data.Updates;
        long[] builds = [.. await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => updates.Build()))];
        await updates.Transaction(async u =>
        {
            foreach (long build in builds)
                await u.FinishBuild(build, BuildResult.Success);
        });
        await master.DisposeAsync();

        Executed().Should().HaveCount(20);
    }

    [Test]
    public async Task Options_NotSet_MakeNoInstruments()
    {
        await using Master master = await Store.Open(options => options.MeterFactory = _meters.Factory);
        await master.Data.Updates.FinishBuild(await master.Data.Updates.Build(), BuildResult.Success);
        await master.DisposeAsync();

        _durations.Instrument.Should().BeNull();
    }

    private Task<Master> Open(Action<BuildDataOptions>? configure = null) =>
        Store.Open(options =>
        {
            options.TimeProvider = _clock;
            options.MeterFactory = _meters.Factory;
            options.MeasureBuilds();
            configure?.Invoke(options);
        });

    private List<CollectedMeasurement<double>> Executed() => InState("executing");

    private List<CollectedMeasurement<double>> Pending() => InState("pending");

    private List<CollectedMeasurement<double>> InState(string state) =>
        [.. _durations.GetMeasurementSnapshot().Where(one => (string?)one.Tags["cicd.pipeline.run.state"] == state)];

    private IEnumerable<(object?, object?, long)> Errors() =>
        _errors.GetMeasurementSnapshot().Select(one => (one.Tags["cicd.pipeline.name"], one.Tags["error.type"], one.Value));

    private List<(object?, int)> Active() => ByBuilder("cicd.pipeline.run.active");

    private List<(object?, int)> Waiting() => ByBuilder("builddata.buildrequests.waiting");

    private List<(object?, int)> ByBuilder(string instrument) =>
        [.. _meters.ObserveWithTags<int>(instrument).Select(one => (one.Tags["cicd.pipeline.name"], one.Value))];
}
