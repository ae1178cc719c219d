using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.StoreContracts;

public abstract class TypedSubscriptionTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private FakeLogCollector _log = null!;

    protected override void Configure(BuildDataOptions options)
    {
        options.SubscriberBuffer = 10;
        _log = new FakeLogCollector();
        options.LoggerFactory = _log.ToLoggerFactory();
    }

    [Test]
    public async Task Subscribe_Type_GetsAllItsChanges()
    {
        Subscription<Step> steps = Data.Events.Subscribe<Step>();
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);

        await Master.DisposeAsync();

        (await Rest(steps)).Select(e => (e.Name, e.Path, e.Resource.StepId)).Should().Equal(("new", "/steps/1", stepId), ("started", "/steps/1", stepId));
    }

    [Test]
    public async Task Subscribe_TypeWithPatternAndNames_GetsThoseAlone()
    {
        long buildId = await Updates.Build();
        Subscription<Step> steps = Data.Events.Subscribe<Step>($"/builds/{buildId}/steps/*", "started");
        AddedStep step = await Updates.NewStep(buildId, "a");
        await Updates.StartStep(await Updates.Step());
        await Updates.StartStep(step.StepId);

        await Master.DisposeAsync();

        DataEvent<Step> only = (await Rest(steps)).Should().ContainSingle().Subject;
        only.Resource.StepId.Should().Be(step.StepId);
        only.Paths.Should().Equal($"/steps/{step.StepId}", $"/builds/{buildId}/steps/{step.StepId}");
        only.ToString().Should().Be($"{only.Sequence} {only.Path} started");
    }

    [Test]
    public async Task Subscribe_TypeWithPatternOfMany_GetsNoOthers()
    {
        Subscription<Buildset> buildsets = Data.Events.Subscribe<Buildset>("/*/*");
        Subscription<PropertyMap> properties = Data.Events.Subscribe<PropertyMap>();
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));

        await Master.DisposeAsync();

        (await Rest(buildsets)).Should().ContainSingle().Which.Resource.BuildsetId.Should().Be(1);
        (await Rest(properties)).Should().ContainSingle().Which.Resource.Should().Equal(new PropertyMap { ["rev"] = ("9f", "Git") });
    }

    [Test]
    public async Task Subscribe_SeveralPatterns_AreOneStreamInCommitOrder()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe([$"/builds/{buildId}", $"/builds/{buildId}/steps/*", "/steps/*", "/builds/*/properties"]);
        AddedStep step = await Updates.NewStep(buildId, "a");
        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));
        await Updates.FinishBuild(buildId, BuildResult.Success);
        await Updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);

        await Master.DisposeAsync();

        (await events.Rest()).Select(e => $"{e.Path} {e.Name}").Should().Equal(
            "/steps/1 new", $"/builds/{buildId}/properties update", $"/builds/{buildId} finished", "/steps/1 finished");
    }

    [Test]
    public void Subscribe_TypeThatIsNotAnnounced_IsRefused()
    {
        Data.Events.Invoking(events => events.Subscribe<SourceStamp>()).Should().Throw<ArgumentException>().WithMessage("*SourceStamp*");
        Data.Events.Invoking(events => events.Subscribe<string>()).Should().Throw<ArgumentException>();
        Data.Events.Invoking(events => events.Subscribe<Build>("/steps/*")).Should().Throw<InvalidPathException>().Which.Path.Should().Be("/steps/*");
        Data.Events.Invoking(events => events.Subscribe<Build>("/*/*", "started")).Should().Throw<ArgumentException>("no build has such an event");
    }

    [Test]
    public void Subscribe_NoPattern_IsRefused() =>
        Data.Events.Invoking(events => events.Subscribe(Array.Empty<string>())).Should().Throw<ArgumentException>();

    [Test]
    public async Task Handle_ManyEvents_CallsBackInOrderOneAtATime()
    {
        int inside = 0;
        int most = 0;
        var numbers = new List<long>();
        await using EventCallback handling = Data.Events.Subscribe<Step>().Handle(async (e, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            numbers.Add(e.Resource.Number);
            Interlocked.Decrement(ref inside);
        });
        long buildId = await Updates.Build();

        for (int i = 0; i < 10; i++)
            await Updates.NewStep(buildId, "s");
        await Master.DisposeAsync();
        await handling.Completion.WaitAsync(Patience);

        numbers.Should().Equal(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        most.Should().Be(1);
    }

    [Test]
    public async Task Handle_CallbackFails_IsLoggedAndEndsNobodysStream()
    {
        var own = new List<string>();
        var other = new List<string>();
        await using EventCallback failing = Data.Events.Subscribe("/steps/*").Handle((e, _) =>
        {
            own.Add(e.Name);
            return e.Name == "new" ? throw new FormatException("at once") : Task.FromException(new FormatException("later"));
        });
        await using EventCallback well = Data.Events.Subscribe<Step>().Handle((e, _) =>
        {
            other.Add(e.Name);
            return Task.CompletedTask;
        });
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);

        await Master.DisposeAsync();
        await failing.Completion.WaitAsync(Patience);
        await well.Completion.WaitAsync(Patience);

        own.Should().Equal("new", "started");
        other.Should().Equal("new", "started");
        _log.GetSnapshot().Where(record => record.Id == 41).Select(record => (record.Level, record.Exception!.Message)).Should().Equal(
            (LogLevel.Error, "at once"), (LogLevel.Error, "later"));
        _log.GetSnapshot().First(record => record.Id == 41).Message.Should().Contain("new").And.Contain("/steps/1");
    }

    [Test]
    public async Task Handle_CallbackFallsBehind_CompletionFails()
    {
        long stepId = await Updates.Step();
        var goOn = new TaskCompletionSource();
        int called = 0;
        await using EventCallback handling = Data.Events.Subscribe("/steps/*").Handle((_, _) =>
        {
            called++;
            return goOn.Task;
        });

        for (int i = 0; i < 15; i++)
            await Updates.SetStepStateString(stepId, $"{i}");
        goOn.SetResult();

        await handling.Completion.WaitAsync(Patience).Awaiting(task => task).Should().ThrowAsync<SubscriberLaggedException>();
        called.Should().BeInRange(10, 11, "one may have been taken from the buffer before it was full");

        // The entry is written to the log in the background. Disposing the master waits for it.
        await Master.DisposeAsync();
        _log.GetSnapshot().Should().Contain(record => record.Id == 40 && record.Level == LogLevel.Warning && record.Message.Contains("/steps/*"));
    }

    [Test]
    public async Task Dispose_CallbackIsRunning_CancelsItsTokenAndWaitsForIt()
    {
        var running = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        int called = 0;
        EventCallback handling = Data.Events.Subscribe("/steps/*").Handle(async (_, token) =>
        {
            called++;
            running.SetResult();
            await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            await goOn.Task;
        });
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);
        await running.Task.WaitAsync(Patience);

        Task disposed = handling.DisposeAsync().AsTask();
        await cancelled.Task.WaitAsync(Patience);
        bool tooEarly = disposed.IsCompleted;
        goOn.SetResult();
        await disposed.WaitAsync(Patience);

        tooEarly.Should().BeFalse();
        called.Should().Be(1, "what was announced before is not called back any more");
        handling.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task Dispose_CallbackHeedsItsToken_LogsNothing()
    {
        var running = new TaskCompletionSource();
        EventCallback handling = Data.Events.Subscribe("/steps/*").Handle((_, token) =>
        {
            running.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        await Updates.Step();
        await running.Task.WaitAsync(Patience);

        await handling.DisposeAsync();
        await handling.DisposeAsync();

        handling.Completion.IsCompletedSuccessfully.Should().BeTrue();
        _log.GetSnapshot().Should().NotContain(record => record.Id == 41);
    }

    [Test]
    public async Task Dispose_NothingHappened_EndsAtOnce()
    {
        EventCallback handling = Data.Events.Subscribe("/steps/*").Handle((_, _) => Task.CompletedTask);

        await handling.DisposeAsync().AsTask().WaitAsync(Patience);

        handling.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task Handle_SubscriptionThatIsRead_IsRefused()
    {
        await using Subscription<Step> steps = Data.Events.Subscribe<Step>();
        await using EventCallback handling = steps.Handle((_, _) => Task.CompletedTask);

        steps.Invoking(one => one.Handle((_, _) => Task.CompletedTask)).Should().Throw<InvalidOperationException>();
        steps.Invoking(one => one.GetAsyncEnumerator()).Should().Throw<InvalidOperationException>();
        steps.Invoking(one => one.Handle(null!)).Should().Throw<ArgumentNullException>();
    }

    [Test]
    public async Task Handle_CallbackUpdates_GoesOnToItsOwnEvents()
    {
        var done = new TaskCompletionSource();
        await using EventCallback handling = Data.Events.Subscribe<Step>().Handle(async (e, stop) =>
        {
            if (e.Name == "new")
                await Updates.StartStep(e.Resource.StepId, cancellationToken: stop);
            else if (e.Name == "started")
                await Updates.Transaction(u => u.FinishStep(e.Resource.StepId, BuildResult.Success, hidden: false, cancellationToken: stop), stop);
            else
                done.SetResult();
        });

        await Updates.Transaction(async u => await u.NewStep((await u.AddBuild((await u.Request()).BuilderId, 1)).BuildId, "s"));

        await done.Task.WaitAsync(Patience);
        (await Data.Get<Step>("/steps/1"))!.Complete.Should().BeTrue();
    }

    private static async Task<List<DataEvent<T>>> Rest<T>(Subscription<T> subscription)
        where T : class
    {
        var events = new List<DataEvent<T>>();
        await foreach (DataEvent<T> e in subscription)
            events.Add(e);
        return events;
    }

    [Test]
    public async Task Handle_CallbackDisposesItsHandling_Ends()
    {
        EventCallback? handling = null;
        var stopped = new TaskCompletionSource();
        handling = Data.Events.Subscribe("/steps/*").Handle(async (_, _) =>
        {
            await handling!.DisposeAsync();
            stopped.SetResult();
        });

        await Updates.Step();

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await handling.Completion.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
