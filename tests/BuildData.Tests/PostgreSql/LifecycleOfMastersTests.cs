namespace BuildData.Tests;

/// <summary>Masters that share a store wait for each other's requests and cancel each other's builds.</summary>
internal sealed class LifecycleOfMastersTests
{
    private TestStore _store = null!;
    private Master _scheduler = null!;
    private Master _runner = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        _store = await StoreKinds.PostgreSql.Create();
        _scheduler = await _store.Open(options => options.MasterName = "scheduler");
        _runner = await _store.Open(options => options.MasterName = "runner");
    }

    [TearDown]
    public async Task CloseMasters()
    {
        // There is none if the test was skipped because there is no server.
        foreach (Master? master in (Master?[])[_scheduler, _runner])
        {
            if (master is not null)
                await master.DisposeAsync();
        }

        if (_store is not null)
            await _store.DisposeAsync();
    }

    [Test]
    public async Task WaitForNext_AnotherMasterAddsARequest_ReturnsIt()
    {
        long linux = await _runner.Data.Updates.FindBuilderId("linux");
        Task<BuildRequest> waiting = _runner.Data.WaitForNext([linux]);

        (_, long request, _) = await _scheduler.Data.Updates.Request();

        (await waiting.WaitAsync(Given.Patience)).BuildRequestId.Should().Be(request);
    }

    [Test]
    public async Task CancellationOf_AnotherMasterCancels_CancelsTheToken()
    {
        (long buildset, _, long linux) = await _scheduler.Data.Updates.Request();
        StartedBuild? build = await _runner.Data.Updates.StartNext(null, [linux]);
        await using BuildCancellation cancellation = await _runner.Data.CancellationOf(build!.BuildId);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellation.Token.Register(cancelled.SetResult);

        await _scheduler.Data.Updates.CancelBuildset(buildset, "stop");

        await cancelled.Task.WaitAsync(Given.Patience);
        cancellation.Reason.Should().Be("stop");
    }

    [Test]
    public async Task CancelBuildRequests_WhileTheRunnerStartsBuilds_EveryRequestIsCancelledOrKnowsOfIt()
    {
        long linux = await _scheduler.Data.Updates.FindBuilderId("linux");
        long[] requests = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => (await _scheduler.Data.Updates.AddBuildset(builderIds: [linux])).BuildRequestIds[linux]));

        await Task.WhenAll(
            [
                .. requests.Select(request => _scheduler.Data.Updates.CancelBuildRequests([request], "stop")),
                .. Enumerable.Range(0, 4).Select(_ => StartAll(linux)),
            ]);

        IReadOnlyList<Build> builds = await _scheduler.Data.GetAll<Build>("/builds");
        IReadOnlyList<BuildRequest> after = await _scheduler.Data.GetAll<BuildRequest>("/buildrequests");
        builds.Should().OnlyContain(build => build.CancelReason == "stop");
        after.Should().OnlyContain(request => request.CancelReason == "stop" && request.Complete != request.Claimed);
        builds.Select(build => build.BuildRequestId).Should().BeEquivalentTo(after.Where(request => request.Claimed).Select(request => request.BuildRequestId));
    }

    private async Task StartAll(long builder)
    {
        while (await _runner.Data.Updates.StartNext(null, [builder]) is not null)
        {
        }
    }
}
