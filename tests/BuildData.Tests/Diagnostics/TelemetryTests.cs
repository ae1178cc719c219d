using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildData.Tests;

/// <summary>What a master tells of itself. What it logs of subscribers is with their tests.</summary>
internal abstract class TelemetryTests(StoreKind store) : MasterTests(store)
{
    private CollectedLog _log = null!;
    private Measured _measured = null!;

    protected override void Configure(BuildDataOptions options)
    {
        options.SubscriberBuffer = 10;
        options.MasterName = "ann's";
        options.LoggerFactory = _log = new CollectedLog();
        options.MeterFactory = _measured = new Measured();
    }

    [TearDown]
    public void EndMeasuring() => _measured?.Dispose();

    [Test]
    public async Task Log_OpenAndDispose_AreTold()
    {
        await Master.DisposeAsync();

        _log.Entries.Select(entry => (entry.Category, entry.Id, entry.Level)).Should().Equal(
            ("BuildData", 1, LogLevel.Information), ("BuildData", 2, LogLevel.Information));
        _log.Entries[0].Message.Should().Contain("'ann's'").And.Contain("the id 1");
    }

    [Test]
    public async Task Meter_Updates_AreMeasuredByName()
    {
        long buildId = await Updates.Build();
        _measured.Take("builddata.update.duration");

        await Updates.NewStep(buildId, "s");
        await Updates.Awaiting(updates => updates.StartStep(999)).Should().ThrowAsync<ResourceNotFoundException>();
        await Updates.Transaction(u => u.SetBuildStateString(buildId, "x"));

        IReadOnlyList<(double Value, string Tags)> taken = _measured.Take("builddata.update.duration");
        taken.Select(one => one.Tags).Should().Equal(
            "builddata.update=NewStep", "builddata.update=StartStep error.type=ResourceNotFoundException",
            "builddata.update=SetBuildStateString", "builddata.update=Transaction");
        taken.Should().AllSatisfy(one => one.Value.Should().BePositive());
    }

    [Test]
    public async Task Meter_Queries_AreMeasuredByType()
    {
        await Data.Get<Step>("/steps/1");
        await Data.GetAll<Build>("/builders/linux/builds");
        await Data.Awaiting(data => data.Get<Step>("/steps/1", cancellationToken: new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        IReadOnlyList<(double Value, string Tags)> taken = _measured.Take("builddata.query.duration");
        taken.Select(one => one.Tags).Should().HaveCount(3).And.StartWith(["builddata.query=StepById", "builddata.query=BuildsOfBuilder"]);
        taken[2].Tags.Should().Match("builddata.query=StepById error.type=*Canceled*");
    }

    [Test]
    public async Task Meter_Batches_HoldEveryUpdate()
    {
        long buildId = await Updates.Build();
        _measured.Take("builddata.batch.size");

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Updates.NewStep(buildId, "s"))));
        await Master.DisposeAsync();

        _measured.Take("builddata.batch.size").Sum(one => one.Value).Should().BeInRange(100, 101, "a master may close with an update of its own");
    }

    [Test]
    public async Task Meter_TransactionOfTheHost_IsOneBatch()
    {
        long buildId = await Updates.Build();
        _measured.Take("builddata.batch.size");

        await Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "a");
            await u.SetBuildStateString(buildId, "b");
        });

        _measured.Take("builddata.batch.size").Select(one => one.Value).Should().Equal(2);
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

        _log.Entries.Should().ContainSingle(entry => entry.Id == 20).Which.Error.Should().BeOfType<StoreException>();
    }

    [Test]
    public async Task Log_ALoggerWaitsForAnUpdate_HoldsUpNobody()
    {
        var logged = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        long buildId = await Updates.Build();
        _log.OnEntry = id =>
        {
            // A host's logger that writes to this very store, as it should not.
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
        using var held = new HeldUpdate(Clock);
        Task first = Task.Run(() => Updates.SetBuildStateString(buildId, "first"));
        await held.Began;
        Task[] batch = [.. Enumerable.Range(0, 3).Select(i => Updates.SetBuildStateString(buildId, $"{i}"))];
        int readings = 0;
        Clock.BeforeGetUtcNow = () =>
        {
            if (Interlocked.Increment(ref readings) == 2)
                throw new FormatException("the clock is broken");
        };

        held.GoOn();

        await first;
        Func<Task> all = () => Task.WhenAll(batch);
        await all.Should().ThrowAsync<FormatException>();
        batch.Count(task => task.IsFaulted).Should().Be(1);
    }

    [Test]
    public async Task Meter_Events_AreCounted()
    {
        long buildId = await Updates.Build();
        _measured.Take("builddata.events");

        await Updates.SetBuildStateString(buildId, "a");
        await Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "b");
            await u.SetBuildStateString(buildId, "c");
        });

        // They may be counted a moment after they were handed out.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        double counted = 0;
        while (counted < 3 && !patience.IsCancellationRequested)
        {
            counted += _measured.Take("builddata.events").Sum(one => one.Value);
            await Task.Yield();
        }

        counted.Should().Be(3);
    }

    [Test]
    public async Task Meter_Subscribers_AreCountedAndTheFurthestBehindIsMeasured()
    {
        long stepId = await Updates.Step();
        await using Subscription first = Data.Events.Subscribe("/steps/*");
        await using Subscription second = Data.Events.Subscribe("/steps/*", "finished");
        await Updates.StartStep(stepId);
        await Updates.SetStepStateString(stepId, "x");

        _measured.Take("builddata.subscribers").Should().Equal((2, ""));
        _measured.Take("builddata.subscriber.lag").Should().Equal((2, ""));
    }

    [Test]
    public async Task Meter_SubscriberThatLags_IsCounted()
    {
        long stepId = await Updates.Step();
        await using Subscription slow = Data.Events.Subscribe("/steps/*");

        for (int i = 0; i < 15; i++)
            await Updates.SetStepStateString(stepId, $"{i}");

        _measured.Take("builddata.subscriber.lagged").Sum(one => one.Value).Should().Be(1);
        _measured.Take("builddata.subscribers").Should().Equal((0, ""));
    }

    [Test]
    public async Task Meter_QueueAtRest_IsEmpty()
    {
        await Updates.Step();

        _measured.Take("builddata.queue.depth").Should().Equal((0, ""));
    }

    [Test]
    public async Task Meter_UpdateThatWaits_IsInTheQueue()
    {
        long buildId = await Updates.Build();
        using var held = new HeldUpdate(Clock);
        Task first = Task.Run(() => Updates.SetBuildStateString(buildId, "first"));
        await held.Began;
        Task second = Updates.SetBuildStateString(buildId, "second");

        _measured.Take("builddata.queue.depth").Should().Equal((1, ""));

        held.GoOn();
        await Task.WhenAll(first, second);
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
            ("query StepById", "/steps/7", ActivityStatusCode.Unset), ("query StepById", "/steps/8", ActivityStatusCode.Error));
    }

    [Test]
    public async Task AddBuildData_ContainerWithLogAndMeters_UsesThem()
    {
        await Master.DisposeAsync();
        var log = new CollectedLog();
        using var measured = new Measured();
        ServiceCollection services = new();
        services.AddSingleton<ILoggerFactory>(log).AddSingleton<IMeterFactory>(measured).AddBuildData(options => Store.Use(options));
        await using (ServiceProvider provider = services.BuildServiceProvider())
            await provider.GetRequiredService<Master>().Data.Updates.FindBuilderId("linux");

        log.Entries.Select(entry => entry.Id).Should().Equal(1, 2);
        measured.MeterNames.Should().Equal("BuildData");
        measured.Take("builddata.update.duration").Should().ContainSingle().Which.Tags.Should().Be("builddata.update=FindBuilderId");
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
                if (instrument.Meter.Scope == _measured && !instrument.IsObservable)
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
