using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Two masters want the same rows in orders that deadlock. No update fails because of that.</summary>
internal sealed class TransactionConflictTests
{
    private FakeLogCollector _log = null!;
    private PostgreSqlTestStore _store = null!;
    private Master _first = null!;
    private Master _second = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();

        // The server looks for deadlocks after this time, which is shorter than an update waits for a row.
        await _store.Scalar<int?>($"ALTER DATABASE {_store.Database} SET deadlock_timeout = '200ms'");
        _first = await Open("first");
        _log = new FakeLogCollector();
        _second = await Open("second", _log);
    }

    [TearDown]
    public async Task CloseMasters()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is null)
            return;
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Update_MeetsATransactionInACircle_IsRunAgain()
    {
        const int MostRounds = 100;
        bool ranAgain = false;

        // The circle may not be closed in time, or the server may choose the transaction.
        for (int round = 0; round < MostRounds && !ranAgain; round++)
        {
            long[] requests = await Requests(2);
            Task<BuildRequestsResult> update = Task.FromResult<BuildRequestsResult>(default);

            Task transaction = _first.Data.Updates.Transaction(async updates =>
            {
                await updates.ClaimBuildRequests([requests[1]]);
                update = _second.Data.Updates.ClaimBuildRequests(requests);
                await SomebodyWaits();
                await updates.ClaimBuildRequests([requests[0]]);
            });

            string first = await Outcome(transaction);
            bool second = await update;
            (first, second).Should().BeOneOf([("done", false), ("failed", true)], "one of them has the requests");
            ranAgain = _log.GetSnapshot().Any(record => record.Message.Contains(PostgresErrorCodes.DeadlockDetected, StringComparison.Ordinal));
        }

        ranAgain.Should().BeTrue("otherwise the test has tried nothing");
    }

    [Test]
    public async Task Updates_OfTwoMastersInOppositeOrder_NeverFail()
    {
        const int Rounds = 10;
        const int Builders = 10;
        var builders = new List<long>();
        for (int i = 0; i < Builders; i++)
            builders.Add(await _first.Data.Updates.FindBuilderId($"builder {i}"));
        IReadOnlyDictionary<long, long> requests = (await _first.Data.Updates.AddBuildset(builderIds: builders)).BuildRequestIds;

        await Task.WhenAll(Add(_first, builders), Add(_second, [.. builders.AsEnumerable().Reverse()]));

        foreach (long builder in builders)
        {
            (await _first.Data.GetAll<Build>($"/builders/{builder}/builds?order=number")).Select(build => build.Number)
                .Should().Equal(Enumerable.Range(1, 2 * Rounds).Select(number => (long)number));
        }

        async Task Add(Master master, List<long> inOrder)
        {
            for (int round = 0; round < Rounds; round++)
                await Task.WhenAll(inOrder.Select(builder => master.Data.Updates.AddBuild(builder, requests[builder])));
        }
    }

    [Test]
    public async Task Updates_CompletingTheSameBuildsetsInOppositeOrder_NeverFail()
    {
        const int Buildsets = 20;
        long[] builders = [await _first.Data.Updates.FindBuilderId("linux"), await _first.Data.Updates.FindBuilderId("windows")];
        var requests = new List<IReadOnlyDictionary<long, long>>();
        for (int i = 0; i < Buildsets; i++)
            requests.Add((await _first.Data.Updates.AddBuildset(builderIds: builders)).BuildRequestIds);

        await Task.WhenAll(
            Task.WhenAll(requests.Select(ids => _first.Data.Updates.CompleteBuildRequests([ids[builders[0]]], BuildResult.Success))),
            Task.WhenAll(requests.AsEnumerable().Reverse().Select(ids => _second.Data.Updates.CompleteBuildRequests([ids[builders[1]]], BuildResult.Failure))));

        (await _first.Data.GetAll<Buildset>("/buildsets")).Should().HaveCount(Buildsets)
            .And.OnlyContain(buildset => buildset.Complete && buildset.Results == BuildResult.Failure);
    }

    [Test]
    public async Task Transactions_InACircle_OneFailsWithStoreException()
    {
        long[] requests = await Requests(2);
        using var both = new Barrier(2);

        string[] outcomes = await Task.WhenAll(
            Task.Run(() => Outcome(Claim(_first, requests[0], requests[1]))),
            Task.Run(() => Outcome(Claim(_second, requests[1], requests[0]))));

        outcomes.Should().BeEquivalentTo(["done", "failed"]);
        (await _first.Data.GetAll<BuildRequest>("/buildrequests")).Select(request => request.ClaimedByMasterId)
            .Should().OnlyContain(master => master != null, "the other has both").And.AllBeEquivalentTo(await Winner());

        Task Claim(Master master, long one, long other) => master.Data.Updates.Transaction(async updates =>
        {
            await updates.ClaimBuildRequests([one]);
            both.SignalAndWait(Given.Patience).Should().BeTrue();
            await updates.ClaimBuildRequests([other]);
        });

        async Task<long> Winner() =>
            (await _first.Data.GetAll<MasterInfo>("/masters")).Single(master => master.Name == (outcomes[0] == "done" ? "first" : "second")).MasterId;
    }

    [Test]
    public async Task Transaction_StillOpen_HoldsUpThoseAloneWhoWantItsRows()
    {
        long build = await _first.Data.Updates.Build();
        AddedStep held = await _first.Data.Updates.NewStep(build, "held");
        AddedStep free = await _first.Data.Updates.NewStep(build, "free");
        await using Master third = await Open("third");
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = _first.Data.Updates.Transaction(async updates =>
        {
            await updates.SetStepStateString(held.StepId, "in the transaction");
            changed.SetResult();
            await end.Task;
        });
        await changed.Task;
        Task waiting = _second.Data.Updates.SetStepStateString(held.StepId, "after the transaction");
        await SomebodyWaits();

        await _first.Data.Updates.SetStepStateString(free.StepId, "meanwhile").WaitAsync(Given.Patience);
        await third.Data.Updates.NewStep(build, "more").WaitAsync(Given.Patience);
        await third.Data.Updates.Build("other").WaitAsync(Given.Patience);

        waiting.IsCompleted.Should().BeFalse();
        end.SetResult();
        await transaction;
        await waiting;
        (await _first.Data.Get<Step>($"/steps/{held.StepId}"))!.StateString.Should().Be("after the transaction");
    }

    private Task<Master> Open(string name, FakeLogCollector? log = null) => _store.Open(options =>
    {
        (options.MasterName, options.CollapseBuildRequests) = (name, CollapsePolicy.Never);
        options.LoggerFactory = log?.ToLoggerFactory();
    });

    private async Task<long[]> Requests(int count)
    {
        var requests = new List<long>();
        for (int i = 0; i < count; i++)
            requests.Add((await _first.Data.Updates.Request()).RequestId);
        return [.. requests];
    }

    private Task SomebodyWaits() =>
        _store.Until("SELECT count(*) > 0 FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) WHERE NOT l.granted AND a.datname = current_database()", true);

    private static async Task<string> Outcome(Task transaction)
    {
        try
        {
            await transaction;
            return "done";
        }
        catch (StoreException)
        {
            return "failed";
        }
    }
}
