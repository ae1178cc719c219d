using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.StoreContracts;

/// <summary>The log, the measurements and the traces of a master.</summary>
public abstract class TelemetryTests(StoreKind kind) : MasterTests(kind)
{
    private FakeLogCollector _log = null!;
    private Action<int>? _afterLogging;
    private TestMeters _meters = null!;

    protected override void Configure(BuildDataOptions options)
    {
        options.SubscriberBuffer = 10;
        options.MasterName = "ann's";
        _log = FakeLogCollector.Create(new FakeLogCollectorOptions
        {
            OutputFormatter = record => $"{record.Id.Id}",
            OutputSink = id => _afterLogging?.Invoke(int.Parse(id, CultureInfo.InvariantCulture)),
        });
        options.LoggerFactory = _log.ToLoggerFactory();
        _meters = new TestMeters();
        options.MeterFactory = _meters.Factory;
    }

    [TearDown]
    public void DisposeMeters() => _meters?.Dispose();

    [Test]
    public async Task Log_OpenAndDispose_AreTold()
    {
        await Master.DisposeAsync();

        IReadOnlyList<FakeLogRecord> records = _log.GetSnapshot();
        records.Select(record => (record.Category, record.Id.Id, record.Level)).Should().Equal(
            ("BuildData", 1, LogLevel.Information), ("BuildData", 2, LogLevel.Information));
        records[0].Message.Should().Contain("'ann's'").And.Contain("the id 1");
    }

    [Test]
    public async Task Meter_Updates_AreMeasuredByName()
    {
        long buildId = await Updates.Build();
        using MetricCollector<double> durations = _meters.Collect<double>("builddata.update.duration");

        await Updates.NewStep(buildId, "s");
        await Updates.Awaiting(updates => updates.StartStep(999)).Should().ThrowAsync<ResourceNotFoundException>();
        await Updates.Transaction(u => u.SetBuildStateString(buildId, "x"));

        IReadOnlyList<CollectedMeasurement<double>> measured = durations.GetMeasurementSnapshot();
        measured.Select(one => (one.Tags["builddata.operation.name"], one.Tags.GetValueOrDefault("error.type"))).Should().Equal(
            ("NewStep", null), ("StartStep", "ResourceNotFoundException"), ("SetBuildStateString", null), ("Transaction", null));
        measured.Should().AllSatisfy(one => one.Value.Should().BePositive());
    }

    [Test]
    public async Task Meter_Queries_AreMeasuredByEndpoint()
    {
        using MetricCollector<double> durations = _meters.Collect<double>("builddata.query.duration");

        await Data.Get<Step>("/steps/1");
        await Data.GetAll<Build>("/builders/linux/builds");
        await Data.Awaiting(data => data.Get<Step>("/steps/1", cancellationToken: new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        IReadOnlyList<CollectedMeasurement<double>> measured = durations.GetMeasurementSnapshot();
        measured.Select(one => one.Tags["builddata.operation.name"]).Should().Equal("/steps/{stepid}", "/builders/{builderid_or_buildername}/builds", "/steps/{stepid}");
        measured.Select(one => one.Tags.ContainsKey("error.type")).Should().Equal(false, false, true);
        measured[2].Tags["error.type"].Should().BeOfType<string>().Which.Should().Contain("Canceled");
    }

    [Test]
    public async Task Meter_Batches_HoldEveryUpdate()
    {
        long buildId = await Updates.Build();
        using MetricCollector<int> batches = _meters.Collect<int>("builddata.batch.size");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Updates.NewStep(buildId, "s"))));
        await Master.DisposeAsync();

        batches.GetMeasurementSnapshot().Sum(batch => batch.Value).Should().BeInRange(100, 101, "a master may close with an update of its own");
    }

    [Test]
    public async Task Meter_TransactionOfTheHost_IsOneBatch()
    {
        long buildId = await Updates.Build();
        using MetricCollector<int> batches = _meters.Collect<int>("builddata.batch.size");

        await Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "a");
            await u.SetBuildStateString(buildId, "b");
        });

        batches.GetMeasurementSnapshot().Select(batch => batch.Value).Should().Equal(2);
    }

    [Test]
    public async Task Log_TransactionThatFails_IsLogged()
    {
        long buildId = await Updates.Build();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "a");
            began.SetResult();
            await goesOn.Task;
        });
        await began.Task;
        Clock.Advance(TimeSpan.FromMinutes(6));
        await Updates.SetBuildStateString(buildId, "after");
        goesOn.SetResult();
        await transaction.Awaiting(task => task).Should().ThrowAsync<StoreException>();

        await Master.DisposeAsync();

        _log.GetSnapshot().Should().ContainSingle(record => record.Id == 20).Which.Exception.Should().BeOfType<StoreException>();
    }

    [Test]
    public async Task Log_ALoggerWaitsForAnUpdate_HoldsUpNobody()
    {
        var logged = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        long buildId = await Updates.Build();
        _afterLogging = id =>
        {
            // The host's logger should not write to the store that it logs for, but does.
            if (id == 40)
                logged.TrySetResult(Updates.SetBuildStateString(buildId, "lagged").Wait(Given.Patience));
        };
        await using Subscription stalled = Data.Events.Subscribe("/builds/*");

        for (int i = 0; i < 20; i++)
            await Updates.SetBuildStateString(buildId, $"{i}").WaitAsync(Given.Patience);

        (await logged.Task.WaitAsync(Given.Patience)).Should().BeTrue();
    }

    [Test]
    public async Task Update_TheClockThrows_FailsAloneInItsBatch()
    {
        long buildId = await Updates.Build();
        using BlockedUpdate first = await BlockedUpdate.Start(Clock, () => Updates.SetBuildStateString(buildId, "first"));
        Task[] batch = [.. Enumerable.Range(0, 3).Select(i => Updates.SetBuildStateString(buildId, $"{i}"))];
        int readings = 0;
        Clock.BeforeGetUtcNow = () =>
        {
            if (Interlocked.Increment(ref readings) == 2)
                throw new FormatException("the clock is broken");
        };

        first.Release();

        await first.Completion;
        Func<Task> all = () => Task.WhenAll(batch);
        await all.Should().ThrowAsync<FormatException>();
        batch.Count(task => task.IsFaulted).Should().Be(1);
    }

    [Test]
    public async Task Meter_Events_AreCounted()
    {
        long buildId = await Updates.Build();
        using MetricCollector<long> events = _meters.Collect<long>("builddata.events");

        await Updates.SetBuildStateString(buildId, "a");
        await Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "b");
            await u.SetBuildStateString(buildId, "c");
        });

        // Events may be counted a moment after subscribers get them.
        while (events.GetMeasurementSnapshot() is var counts && counts.Sum(count => count.Value) < 3)
            await events.WaitForMeasurementsAsync(counts.Count + 1, Given.Patience);

        events.GetMeasurementSnapshot().Sum(count => count.Value).Should().Be(3);
    }

    [Test]
    public async Task Meter_Subscribers_AreCountedAndTheFurthestBehindIsMeasured()
    {
        long stepId = await Updates.Step();
        await using Subscription first = Data.Events.Subscribe("/steps/*");
        await using Subscription second = Data.Events.Subscribe("/steps/*", "finished");
        await Updates.StartStep(stepId);
        await Updates.SetStepStateString(stepId, "x");

        _meters.Observe<int>("builddata.subscribers").Should().Equal(2);
        _meters.Observe<int>("builddata.subscriber.lag").Should().Equal(2);
    }

    [Test]
    public async Task Meter_SubscriberThatLags_IsCounted()
    {
        long stepId = await Updates.Step();
        await using Subscription slow = Data.Events.Subscribe("/steps/*");
        using MetricCollector<long> lagged = _meters.Collect<long>("builddata.subscriber.lagged");

        for (int i = 0; i < 15; i++)
            await Updates.SetStepStateString(stepId, $"{i}");

        lagged.GetMeasurementSnapshot().Sum(one => one.Value).Should().Be(1);
        _meters.Observe<int>("builddata.subscribers").Should().Equal(0);
    }

    [Test]
    public async Task Meter_QueueAtRest_IsEmpty()
    {
        await Updates.Step();

        _meters.Observe<int>("builddata.queue.depth").Should().Equal(0);
    }

    [Test]
    public async Task Meter_UpdateThatWaits_IsInTheQueue()
    {
        long buildId = await Updates.Build();
        using BlockedUpdate first = await BlockedUpdate.Start(Clock, () => Updates.SetBuildStateString(buildId, "first"));
        Task second = Updates.SetBuildStateString(buildId, "second");

        _meters.Observe<int>("builddata.queue.depth").Should().Equal(1);

        first.Release();
        await Task.WhenAll(first.Completion, second);
    }

    [Test]
    public async Task Trace_Updates_AreActivitiesWithTheirErrors()
    {
        long buildId = await Updates.Build();
        using var traced = new Traced();

        await Updates.NewStep(buildId, "s");
        await Updates.Awaiting(updates => updates.NewStep(999, "s")).Should().ThrowAsync<ResourceNotFoundException>();

        traced.Activities.Select(activity => (activity.OperationName, activity.Status)).Should().Equal(
            ("update NewStep", ActivityStatusCode.Unset), ("update NewStep", ActivityStatusCode.Error));
        traced.Activities[1].StatusDescription.Should().Contain("999");
    }

    [Test]
    public async Task Trace_Transaction_HasItsUpdatesInside()
    {
        long buildId = await Updates.Build();
        using var traced = new Traced();

        await Updates.Transaction(u => u.NewStep(buildId, "s"));

        traced.Activities.Select(activity => activity.OperationName).Should().Equal("update NewStep", "update Transaction");
        traced.Activities[0].ParentSpanId.Should().Be(traced.Activities[1].SpanId);
    }

    [Test]
    public async Task Trace_Queries_AreActivitiesWithTheirPathsAndErrors()
    {
        using var traced = new Traced();

        await Data.Get<Step>("/steps/7");
        await Data.Awaiting(data => data.Get<Step>("/steps/8", cancellationToken: new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        traced.Activities.Select(activity => (activity.OperationName, activity.GetTagItem("builddata.path"), activity.Status)).Should().Equal(
            ("query /steps/{stepid}", "/steps/7", ActivityStatusCode.Unset), ("query /steps/{stepid}", "/steps/8", ActivityStatusCode.Error));
    }

    [Test]
    public async Task AddBuildData_ContainerWithLogAndMeters_UsesThem()
    {
        await Master.DisposeAsync();
        var log = new FakeLogCollector();
        using var meters = new TestMeters();
        using MetricCollector<double> durations = meters.Collect<double>("builddata.update.duration");
        ServiceCollection services = new();
        services.AddSingleton(log.ToLoggerFactory()).AddSingleton(meters.Factory).AddBuildData(options => Store.Use(options));
        await using (ServiceProvider provider = services.BuildServiceProvider())
            await provider.GetRequiredService<Master>().Data.Updates.FindBuilderId("linux");

        log.GetSnapshot().Select(record => record.Id.Id).Should().Equal(1, 2);
        durations.GetMeasurementSnapshot().Should().ContainSingle().Which.Tags.Should().Contain("builddata.operation.name", "FindBuilderId");
    }

    [Test]
    public async Task Meter_ListenerThatThrows_FailsNoUpdateAndNoSubscriber()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe("/builds/*");
        var thrown = new ConcurrentDictionary<string, bool>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == _meters.Factory && !instrument.IsObservable)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, _, _) => Throw(instrument));
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => Throw(instrument));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Throw(instrument));
        listener.Start();

        await Updates.SetBuildStateString(buildId, "a");
        await Updates.SetBuildStateString(buildId, "b");

        (await events.Next(2)).Select(e => ((Build)e.Resource).StateString).Should().Equal("a", "b");
        (await Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be("b");
        await Master.DisposeAsync();
        thrown.Keys.Should().BeEquivalentTo("builddata.update.duration", "builddata.query.duration", "builddata.batch.size", "builddata.events");

        void Throw(Instrument instrument)
        {
            thrown[instrument.Name] = true;
            throw new InvalidOperationException(instrument.Name);
        }
    }
}
