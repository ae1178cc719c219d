namespace BuildData.StoreContracts;

public abstract class SubscriptionTests(StoreKind kind) : MasterTests(kind)
{
    protected override void Configure(BuildDataOptions options) => options.SubscriberBuffer = 10;

    [Test]
    public async Task ReadAvailable_AfterAwaitedUpdates_HasTheirEvents()
    {
        long buildId = await Updates.Build();
        await using Subscription steps = Data.Events.Subscribe("/steps/*");
        steps.ReadAvailable().Should().BeEmpty();

        await Updates.NewStep(buildId, "a");
        await Updates.NewStep(buildId, "b");

        steps.ReadAvailable().Select(e => ((Step)e.Resource).Name).Should().Equal("a", "b");
        steps.ReadAvailable().Should().BeEmpty();
    }

    [Test]
    public async Task ReadAvailable_BufferWasFull_ThrowsAfterTheEvents()
    {
        long buildId = await Updates.Build();
        await using Subscription<Step> steps = Data.Events.Subscribe<Step>("/steps/*");
        for (int i = 0; i < 11; i++)
            await Updates.NewStep(buildId, "s");

        steps.ReadAvailable().Should().HaveCount(10);
        steps.Invoking(s => s.ReadAvailable()).Should().Throw<SubscriberLaggedException>();
    }

    [Test]
    public async Task ReadAvailable_SubscriptionThatIsHandled_Throws()
    {
        Subscription steps = Data.Events.Subscribe("/steps/*");
        await using EventCallback handling = steps.Handle((_, _) => Task.CompletedTask);

        steps.Invoking(s => s.ReadAvailable()).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public async Task FindMatchingPatterns_Event_AreAllThatMatchAsTheyWerePassed()
    {
        await using Subscription events = Data.Events.Subscribe(["/builds/*/steps/*", "/builds/*?property=*", "/steps/2", "/builds/1/properties", "/steps/*"]);
        await Updates.NewStep(await Updates.Build(), "first");
        await Updates.NewStep(1, "second");
        await Updates.SetBuildProperty(1, "rev", ("9f", "Git"));

        events.ReadAvailable().Select(e => string.Join(' ', events.FindMatchingPatterns(e))).Should().Equal(
            "/builds/*?property=*", "/builds/*/steps/* /steps/*", "/builds/*/steps/* /steps/2 /steps/*", "/builds/1/properties");
    }

    [Test]
    public async Task FindMatchingPatterns_EventOfOtherPaths_AreNone()
    {
        await using Subscription steps = Data.Events.Subscribe("/steps/*");
        await using Subscription builds = Data.Events.Subscribe("/builds/*");
        await Updates.Build();

        steps.FindMatchingPatterns(builds.ReadAvailable()[0]).Should().BeEmpty();
        steps.Invoking(s => s.FindMatchingPatterns(null!)).Should().Throw<ArgumentNullException>();
    }

    [Test]
    public async Task Subscribe_Pattern_GetsWhatFitsInCommitOrder()
    {
        long buildId = await Updates.Build();
        await using Subscription steps = Data.Events.Subscribe("/builds/*/steps/*");

        AddedStep step = await Updates.NewStep(buildId, "a");
        await Updates.SetBuildStateString(buildId, "building");
        await Updates.StartStep(step.StepId);
        await Updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);

        List<DataEvent> events = await steps.Next(3);
        events.Select(e => (e.Path, e.Name)).Should().Equal(("/steps/1", "new"), ("/steps/1", "started"), ("/steps/1", "finished"));
        events.Select(e => e.Sequence).Should().BeInAscendingOrder();
        events[0].Paths.Should().Equal("/steps/1", $"/builds/{buildId}/steps/1");
        ((Step)events[1].Resource).Complete.Should().BeFalse("an event shows the resource as it was then");
    }

    [Test]
    public async Task Subscribe_SeveralPathsFit_GetsAnEventOnce()
    {
        await using Subscription all = Data.Events.Subscribe("/*/*");
        await using Subscription requests = Data.Events.Subscribe("/*/*/buildrequests/*");

        await Updates.Request();

        (await all.Next(3)).Skip(1).Select(e => e.Path).Should().Equal("/buildrequests/1", "/buildsets/1");
        (await requests.Next(1)).Select(e => e.Path).Should().Equal("/buildrequests/1");
    }

    [Test]
    public async Task Subscribe_OneId_GetsNoOther()
    {
        long buildId = await Updates.Build();
        await using Subscription first = Data.Events.Subscribe($"/builds/{buildId}");
        long other = await Updates.Build("other");

        await Updates.SetBuildStateString(other, "x");
        await Updates.SetBuildStateString(buildId, "y");

        (await first.Next(1)).Single().Resource.Should().BeOfType<Build>().Which.StateString.Should().Be("y");
    }

    [Test]
    public async Task Subscribe_EventNames_GetsThoseAlone()
    {
        await using Subscription finished = Data.Events.Subscribe("/steps/*", "finished", "started");
        long stepId = await Updates.Step();

        await Updates.StartStep(stepId);
        await Updates.SetStepStateString(stepId, "x");
        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await finished.Next(2)).Select(e => e.Name).Should().Equal("started", "finished");
    }

    [TestCase("/steps")]
    [TestCase("/nope/*")]
    [TestCase("steps/*")]
    [TestCase("/builders/linux/builds/*")]
    [TestCase("/steps/99999999999999999999")]
    [TestCase("/steps/**")]
    [TestCase("")]
    public void Subscribe_PatternThatNoEventHas_FailsAndNamesIt(string pattern) =>
        Data.Events.Invoking(events => events.Subscribe(pattern)).Should().Throw<InvalidPathException>().Which.Path.Should().Be(pattern);

    [TestCase("/steps/*", "finish")]
    [TestCase("/builds/*", "updated")]
    public void Subscribe_EventNameThatIsNotThere_FailsAndNamesIt(string pattern, string name) =>
        Data.Events.Invoking(events => events.Subscribe(pattern, name)).Should().Throw<ArgumentException>().WithMessage($"*'{name}'*");

    [TestCase("/builds/*?limit=1", "limit")]
    [TestCase("/builds/*?results=1", "results")]
    [TestCase("/steps/*?property=x", "property")]
    public void Subscribe_OtherParameters_FailAndAreNamed(string pattern, string parameter) =>
        Data.Events.Invoking(events => events.Subscribe(pattern)).Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be(parameter);

    [Test]
    public async Task Read_SubscriberThatFallsBehind_IsToldTheLastItGot()
    {
        long stepId = await Updates.Step();
        Subscription slow = Data.Events.Subscribe("/steps/*");

        for (int i = 0; i < 15; i++)
            await Updates.SetStepStateString(stepId, $"{i}");

        var delivered = new List<DataEvent>();
        Func<Task> read = async () =>
        {
            await foreach (DataEvent e in slow)
                delivered.Add(e);
        };
        SubscriberLaggedException error = (await read.Should().ThrowAsync<SubscriberLaggedException>()).Which;
        delivered.Should().HaveCount(10);
        error.LastSequence.Should().Be(delivered[^1].Sequence);
    }

    [Test]
    public async Task Announce_SubscriberHasFallenBehind_DropsIt()
    {
        using var meters = new TestMeters();
        await using TestStore store = await Kind.Create();
        await using Master master = await store.Open(options => (options.SubscriberBuffer, options.MeterFactory) = (10, meters.Factory));
        long stepId = await master.Data.Updates.Step();
        await using Subscription slow = master.Data.Events.Subscribe("/steps/*");

        for (int i = 0; i < 11; i++)
            await master.Data.Updates.SetStepStateString(stepId, $"{i}");

        meters.Observe<int>("builddata.subscribers").Should().Equal(0);
    }

    [Test]
    public async Task Read_MasterIsDisposed_EndsAfterWhatWasAnnounced()
    {
        Subscription events = Data.Events.Subscribe("/steps/*");
        await Updates.Step();

        await Master.DisposeAsync();

        (await events.Rest()).Should().ContainSingle();
        Data.Events.Invoking(hub => hub.Subscribe("/steps/*")).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task Read_SubscriptionIsDisposed_EndsAfterWhatWasAnnounced()
    {
        Subscription events = Data.Events.Subscribe("/steps/*");
        long stepId = await Updates.Step();

        await events.DisposeAsync();

        await Updates.StartStep(stepId);
        (await events.Rest()).Select(e => e.Name).Should().Equal("new");
    }

    [Test]
    public async Task Read_Twice_IsRefused()
    {
        await using Subscription events = Data.Events.Subscribe("/steps/*");
        await Updates.Step();
        await events.Next(1);

        events.Invoking(subscription => subscription.GetAsyncEnumerator()).Should().Throw<InvalidOperationException>();
    }

    [Test]
    public async Task Read_CancelledToken_EndsWithCancellation()
    {
        await using Subscription events = Data.Events.Subscribe("/steps/*");
        using var cancel = new CancellationTokenSource();
        IAsyncEnumerator<DataEvent> reader = events.GetAsyncEnumerator(cancel.Token);
        ValueTask<bool> waiting = reader.MoveNextAsync();

        await cancel.CancelAsync();

        await waiting.AsTask().Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Announce_FailedUpdate_AnnouncesNothing()
    {
        await Updates.FindBuilderId("linux");
        Subscription events = Data.Events.Subscribe("/*/*");

        await Updates.Awaiting(updates => updates.AddBuildset(builderIds: [1], sourceStamps: [99])).Should().ThrowAsync<ResourceNotFoundException>();

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task Subscribe_WithProperties_BuildsAndRequestsCarryThem()
    {
        long linux = await Updates.FindBuilderId("linux");
        await using Subscription builds = Data.Events.Subscribe("/builds/*?property=rev");
        await using Subscription requests = Data.Events.Subscribe("/buildrequests/*?property=*");
        await using Subscription plain = Data.Events.Subscribe("/builds/*");

        AddedBuildset added = await Updates.AddBuildset(
            builderIds: [linux], sourceStamps: [Given.Main], properties: new() { ["owner"] = ("ann", "S") });
        AddedBuild build = await Updates.AddBuild(linux, added.BuildRequestIds[linux]);
        await Updates.SetBuildProperty(build.BuildId, "rev", ("9f", "Git"));
        await Updates.SetBuildProperty(build.BuildId, "other", (1, "Git"));
        await Updates.FinishBuild(build.BuildId, BuildResult.Success);

        (await requests.Next(1)).Select(e => ((BuildRequest)e.Resource).Properties).Should().Equal(new PropertyMap { ["owner"] = ("ann", "S") });
        (await builds.Next(2)).Select(e => ((Build)e.Resource).Properties)
            .Should().Equal(new PropertyMap(), new PropertyMap { ["rev"] = ("9f", "Git") });
        (await plain.Next(2)).Select(e => ((Build)e.Resource).Properties).Should().Equal(new PropertyMap(), new PropertyMap());
    }

    [Test]
    public async Task Subscribe_WithPropertiesWhileAnUpdateRuns_GetsNoEventWithoutThem()
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));
        using BlockedUpdate running = await BlockedUpdate.Start(Clock, () => Updates.SetBuildStateString(buildId, "began before"));

        await using Subscription events = Data.Events.Subscribe("/builds/*?property=*");
        running.Release();
        await running.Completion;
        await Updates.SetBuildStateString(buildId, "began after");

        List<DataEvent> seen = await events.UpTo(e => ((Build)e.Resource).StateString == "began after");
        seen.Should().OnlyContain(e => ((Build)e.Resource).Properties.ContainsKey("rev"));
    }
}
