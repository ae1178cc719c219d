namespace BuildData.Tests;

internal abstract class WaitForTests(StoreKind store) : MasterTests(store)
{
    [Test]
    public async Task WaitFor_HappenedBefore_GivesTheResourceAsItIs()
    {
        long buildId = await Updates.Build();
        await Updates.FinishBuild(buildId, BuildResult.Failure);
        await Updates.SetBuildStateString(buildId, "later");

        Build build = await Data.WaitFor<Build>($"/builds/{buildId}", "finished");

        (build.Results, build.StateString).Should().Be((BuildResult.Failure, "later"));
    }

    [Test]
    public async Task WaitFor_HappensLater_GivesTheResourceAsItWasThen()
    {
        long buildId = await Updates.Build();
        Task<Build> waiting = Data.WaitFor<Build>($"/builds/{buildId}", "finished");

        await Updates.SetBuildStateString(buildId, "not yet");
        bool tooEarly = waiting.IsCompleted;
        await Updates.FinishBuild(buildId, BuildResult.Success);

        (await waiting).Should().Match<Build>(build => build.Complete && build.StateString == "not yet");
        tooEarly.Should().BeFalse();
    }

    [TestCase("/builders/linux/builds/2")]
    [TestCase("/builds/2")]
    public async Task WaitFor_DoesNotExistYet_WaitsForIt(string path)
    {
        Task<Build> waiting = Data.WaitFor<Build>(path, "finished");

        await Updates.FinishBuild(await Updates.Build(), BuildResult.Success);
        bool tooEarly = waiting.IsCompleted;
        long second = await Updates.Build();
        await Updates.FinishBuild(second, BuildResult.Warnings);

        (await waiting).Should().Match<Build>(build => build.BuildId == second && build.Results == BuildResult.Warnings);
        tooEarly.Should().BeFalse();
    }

    [TestCase("new")]
    [TestCase("claimed")]
    [TestCase("complete")]
    public async Task WaitFor_WhatTheResourceTells_IsDoneAtOnce(string eventName)
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await Updates.CompleteBuildRequests([request], BuildResult.Success);

        (await Data.WaitFor(new BuildRequestById(request), eventName)).BuildRequestId.Should().Be(request);
    }

    [Test]
    public async Task WaitFor_WhatLeavesNoTrace_WaitsForTheNext()
    {
        long stepId = await Updates.Step();
        await Updates.SetStepStateString(stepId, "before");
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "updated");

        // The wait may begin after the first event, because beginning takes a while.
        for (int i = 0; !waiting.IsCompleted; i++)
            await Updates.SetStepStateString(stepId, $"after {i}");

        (await waiting).StateString.Should().StartWith("after");
    }

    [Test]
    public async Task WaitFor_BuildsetOfManyRequests_IsDoneWithTheLast()
    {
        long[] builders = [await Updates.FindBuilderId("a"), await Updates.FindBuilderId("b")];
        AddedBuildset set = await Updates.AddBuildset(builderIds: builders);
        Task<Buildset> waiting = Data.WaitFor(new BuildsetById(set.BuildsetId), "complete");

        await Updates.CompleteBuildRequests([set.BuildRequestIds[builders[0]]], BuildResult.Success);
        bool tooEarly = waiting.IsCompleted;
        await Updates.CompleteBuildRequests([set.BuildRequestIds[builders[1]]], BuildResult.Exception);

        (await waiting).Results.Should().Be(BuildResult.Exception);
        tooEarly.Should().BeFalse();
    }

    [TestCase("/builds/1", "complete")]
    [TestCase("/builds/1", "")]
    public async Task WaitFor_EventNameThatIsNotThere_FailsAndNamesIt(string path, string name) =>
        await Data.Awaiting(data => data.WaitFor<Build>(path, name)).Should().ThrowAsync<ArgumentException>().WithMessage($"*'{name}'*");

    [TestCase("/builds")]
    [TestCase("/steps/1")]
    [TestCase("/nope")]
    public async Task WaitFor_PathThatGivesNoneOfThem_FailsAndNamesIt(string path) =>
        await Data.Awaiting(data => data.WaitFor<Build>(path, "finished")).Should().ThrowAsync<InvalidPathException>().Where(error => error.Path == path);

    [Test]
    public async Task WaitFor_TimeIsOver_SaysWhatDidNotHappen()
    {
        long stepId = await Updates.Step();
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", timeout: TimeSpan.FromMinutes(1));

        Clock.Advance(TimeSpan.FromSeconds(59));
        await Updates.SetStepStateString(stepId, "goes on");
        bool tooEarly = waiting.IsCompleted;
        Clock.Advance(TimeSpan.FromSeconds(1));

        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>().WithMessage("*/steps/1*finished*");
        tooEarly.Should().BeFalse();
    }

    [Test]
    public async Task WaitFor_MoreThanATimerTakes_EndsWhenItIsOver()
    {
        long stepId = await Updates.Step();
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", timeout: TimeSpan.FromDays(60));

        for (int day = 0; day < 59; day++)
            Clock.Advance(TimeSpan.FromDays(1));
        bool tooEarly = waiting.IsCompleted;
        Clock.Advance(TimeSpan.FromDays(1));

        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
        tooEarly.Should().BeFalse();
    }

    [Test]
    public async Task WaitFor_MachineWasSuspendedForLonger_EndsThen()
    {
        long stepId = await Updates.Step();
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", timeout: TimeSpan.FromDays(60));

        Clock.Advance(TimeSpan.FromDays(100));

        await waiting.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
    }

    [TestCase(60.0)]
    [TestCase(49.71027)]
    [TestCase(24.9)]
    [TestCase(10_675_199.0)]
    public async Task WaitFor_AnyPositiveTime_IsWaitedFor(double days)
    {
        long stepId = await Updates.Step();
        int timers = Clock.TimerCount;
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", timeout: TimeSpan.FromDays(days));

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await waiting).Complete.Should().BeTrue();
        Clock.TimerCount.Should().Be(timers);
    }

    [Test]
    public async Task WaitFor_AnyPositiveTime_IsTakenByTheSystemsClock()
    {
        await using TestStore other = await Kind.Create();
        await using Master master = await other.Open();
        long stepId = await master.Data.Updates.Step();
        Task<Step>[] waiting =
        [
            .. new[] { TimeSpan.MaxValue, TimeSpan.FromDays(60), TimeSpan.FromDays(25), Timeout.InfiniteTimeSpan }
                .Select(time => master.Data.WaitFor<Step>($"/steps/{stepId}", "finished", time)),
        ];

        await master.Data.Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await Task.WhenAll(waiting)).Should().AllSatisfy(step => step.Complete.Should().BeTrue());
    }

    [Test]
    public async Task WaitFor_InfiniteTime_LeavesTheClockAlone()
    {
        long stepId = await Updates.Step();
        int timers = Clock.TimerCount;
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", Timeout.InfiniteTimeSpan);
        Clock.TimerCount.Should().Be(timers);

        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await waiting).Complete.Should().BeTrue();
    }

    [Test]
    public async Task WaitFor_NoTime_ChecksWhatHasHappened()
    {
        long stepId = await Updates.Step();

        (await Data.WaitFor<Step>($"/steps/{stepId}", "new", TimeSpan.Zero)).StepId.Should().Be(stepId);
        await Data.Awaiting(data => data.WaitFor<Step>($"/steps/{stepId}", "finished", TimeSpan.Zero)).Should().ThrowAsync<TimeoutException>();
        await Data.Awaiting(data => data.WaitFor<Step>("/steps/99", "new", TimeSpan.Zero)).Should().ThrowAsync<TimeoutException>();
    }

    [TestCase(-2.0)]
    [TestCase(-0.5)]
    [TestCase(-1e12)]
    public async Task WaitFor_NegativeTime_IsRefused(double milliseconds) =>
        await Data.Awaiting(data => data.WaitFor<Step>("/steps/1", "finished", TimeSpan.FromMilliseconds(milliseconds)))
            .Should().ThrowAsync<ArgumentOutOfRangeException>().WithParameterName("timeout");

    [Test]
    public async Task WaitFor_HappensInTime_IsDoneAndLeavesNoTimer()
    {
        long stepId = await Updates.Step();
        int timers = Clock.TimerCount;
        Task<Step> waiting = Data.WaitFor<Step>($"/steps/{stepId}", "finished", timeout: TimeSpan.FromMinutes(1));
        Clock.TimerCount.Should().Be(timers + 1);

        Clock.Advance(TimeSpan.FromSeconds(59));
        await Updates.FinishStep(stepId, BuildResult.Success, hidden: false);

        (await waiting).Complete.Should().BeTrue();
        Clock.TimerCount.Should().Be(timers);
    }

    [Test]
    public async Task WaitFor_Cancelled_EndsWithCancellation()
    {
        using var cancel = new CancellationTokenSource();
        Task<Step> waiting = Data.WaitFor<Step>("/steps/1", "finished", TimeSpan.FromMinutes(1), cancel.Token);

        await cancel.CancelAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task WaitFor_MasterIsDisposed_Fails()
    {
        await Updates.Step();
        Task<Step> waiting = Data.WaitFor<Step>("/steps/1", "finished");

        await Master.DisposeAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task WaitFor_EventsAreLostMeanwhile_WaitsOn()
    {
        long buildId = await Updates.Build();
        Task<Build> waiting = Data.WaitFor<Build>($"/builds/{buildId}", "finished");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Master.Events.Dispatcher.Backlog().Count == 0)
            await Task.Delay(1, patience.Token);

        Master.Events.Dispatcher.EndAllAsLost(Master.Data.Events.LastSequence);
        await Updates.FinishBuild(buildId, BuildResult.Success);

        (await waiting.WaitAsync(patience.Token)).Complete.Should().BeTrue();
    }

    [Test]
    public async Task WaitFor_ManyWaitForOne_AreAllDone()
    {
        long buildId = await Updates.Build();
        Task<Build>[] waiting = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(() => Data.WaitFor<Build>($"/builds/{buildId}", "finished")))];

        await Updates.FinishBuild(buildId, BuildResult.Success);

        (await Task.WhenAll(waiting)).Should().AllSatisfy(build => build.Complete.Should().BeTrue());
    }
}
