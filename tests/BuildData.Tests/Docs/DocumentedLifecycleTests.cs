using BuildData.Testing;

namespace BuildData.Tests;

/// <summary>The examples of the page about the life of a build, which are there letter for letter.</summary>
internal sealed class DocumentedLifecycleTests
{
    private TestMaster _test = null!;

    [SetUp]
    public async Task OpenMaster() => _test = await TestMaster.Open(options =>
    {
        // <strict>
        options.Lifecycle = Lifecycle.Strict;
        // </strict>
    });

    [TearDown]
    public async Task CloseMaster() => await _test.DisposeAsync();

    [Test]
    public async Task Loop_TwoRequestsWait_BuildsBoth()
    {
        (DataApi data, Updates updates) = (_test.Data, _test.Updates);
        long worker = await updates.EnsureWorker("worker-1");
        long[] builderIds = [await updates.EnsureBuilder("linux"), await updates.EnsureBuilder("windows")];
        await updates.AddBuildset(builderIds: builderIds);
        using var stop = new CancellationTokenSource();
        CancellationToken stopping = stop.Token;
        var built = new List<long>();

        // <next>
        while (!stopping.IsCancellationRequested)
        {
            if (await updates.StartNext(worker, builderIds) is { } build)
                await RunBuild(build);
            else
                await data.WaitForNext(worker, builderIds, stopping);
        }
        // </next>

        built.Should().BeEquivalentTo(builderIds);

        async Task RunBuild(StartedBuild build)
        {
            built.Add(build.Request.BuilderId);
            if (built.Count == builderIds.Length)
                await stop.CancelAsync();
        }
    }

    [Test]
    public async Task Ending_BuildIsDone_CompletesTheRequest()
    {
        Updates updates = _test.Updates;
        StartedBuild build = await StartBuild();
        var results = BuildResult.Success;

        // <ending>
        await updates.Transaction(async u =>
        {
            await u.FinishBuild(build.BuildId, results);
            if (!await u.CompleteBuildRequests([build.Request.BuildRequestId], results))
                throw new InvalidOperationException("The build request was not completed.");
        });
        // </ending>

        (await RequestOf(build)).Results.Should().Be(BuildResult.Success);
    }

    [Test]
    public async Task Releasing_BuildMustBeRepeated_LetsTheRequestWait()
    {
        Updates updates = _test.Updates;
        StartedBuild build = await StartBuild();

        // <releasing>
        await updates.Transaction(async u =>
        {
            await u.FinishBuild(build.BuildId, BuildResult.Retry);
            await u.UnclaimBuildRequests([build.Request.BuildRequestId]);
        });
        // </releasing>

        BuildRequest request = await RequestOf(build);
        (request.Claimed, request.Complete).Should().Be((false, false));
    }

    [Test]
    public async Task Cancelling_BuildRuns_ReachesTheProgramThatRunsIt()
    {
        (DataApi data, Updates updates) = (_test.Data, _test.Updates);
        StartedBuild build = await StartBuild();
        long requestId = build.Request.BuildRequestId;

        // <cancelling>
        RequestedCancellation cancelled = await updates.CancelBuildRequests([requestId], "replaced by 9f3c1e");
        // </cancelling>

        // <running>
        await using BuildCancellation cancellation = await data.CancellationOf(build.BuildId);
        BuildResult results = await RunTests(cancellation.Token);
        if (cancellation.Token.IsCancellationRequested)
            results = BuildResult.Cancelled;
        // </running>

        cancelled.BuildIds.Should().Equal(build.BuildId);
        (results, cancellation.Reason).Should().Be((BuildResult.Cancelled, "replaced by 9f3c1e"));

        static Task<BuildResult> RunTests(CancellationToken stop) =>
            Task.FromResult(stop.IsCancellationRequested ? BuildResult.Exception : BuildResult.Success);
    }

    [Test]
    public async Task Recovering_BuildWasRunning_EndsIt()
    {
        using var database = new TestDatabase();
        string connectionString = database.ConnectionString;
        long buildId;
        await using (Master earlier = await Master.Open(connectionString))
            buildId = (await Start(earlier.Data.Updates)).BuildId;

        // <recovering>
        await using var master = await Master.Open(o => o.UseSqlite(connectionString).RecoverOnOpen());
        // </recovering>

        (await master.Data.Get<Build>($"/builds/{buildId}"))!.Results.Should().Be(BuildResult.Retry);
    }

    [Test]
    public async Task Recover_BuildWasRunning_ReturnsIt()
    {
        StartedBuild build = await StartBuild();
        await _test.Restart();
        Updates updates = _test.Updates;

        // <recover>
        RecoveredWork recovered = await updates.RecoverInterrupted();
        // </recover>

        recovered.FinishedBuildIds.Should().Equal(build.BuildId);
    }

    [Test]
    public async Task Rebuilding_FinishedBuild_AddsARequest()
    {
        Updates updates = _test.Updates;
        StartedBuild build = await StartBuild();
        await updates.FinishBuild(build.BuildId, BuildResult.Failure);

        // <rebuilding>
        AddedBuildset rebuild = await updates.Rebuild(build.BuildId, reason: "flaky test", priority: 10);
        // </rebuilding>

        (await _test.Data.Get<Buildset>($"/buildsets/{rebuild.BuildsetId}"))!.RebuiltBuildId.Should().Be(build.BuildId);
    }

    private static async Task<StartedBuild> Start(Updates updates)
    {
        long builder = await updates.EnsureBuilder("linux");
        await updates.AddBuildset(builderIds: [builder]);
        return (await updates.StartNext(null, [builder]))!;
    }

    private Task<StartedBuild> StartBuild() => Start(_test.Updates);

    private async Task<BuildRequest> RequestOf(StartedBuild build) => (await _test.Data.Get<BuildRequest>($"/buildrequests/{build.Request.BuildRequestId}"))!;
}
