using System.Diagnostics;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The tests' replica does what the tests of the store take for granted.</summary>
internal sealed class PostgreSqlReplicaTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    private PostgreSqlServer _primary = null!;
    private PostgreSqlReplica _replica = null!;

    [SetUp]
    public async Task StartServers()
    {
        _primary = await Required.StartServer(durable: false);
        await _primary.Scalar<int?>("CREATE TABLE numbers (number int)");
        _replica = await PostgreSqlReplica.Start(_primary, Delay);
    }

    [TearDown]
    public async Task EndServers()
    {
        // There are none if the test was skipped for want of the programs.
        if (_replica is not null)
            await _replica.DisposeAsync();
        if (_primary is not null)
            await _primary.DisposeAsync();
    }

    [Test]
    public async Task Commit_WaitsUntilTheReplicaHasAppliedIt_TakesAtLeastTheDelay()
    {
        await _replica.MakeSynchronous();

        var taken = Stopwatch.StartNew();
        await Commit("remote_apply");

        // The server takes the commit's time after the client has begun, in whole milliseconds.
        taken.Elapsed.Should().BeGreaterThan(Delay - TimeSpan.FromMilliseconds(2));
        (await _replica.Server.Scalar<long>("SELECT count(*) FROM numbers")).Should().Be(1);
    }

    [Test]
    public async Task Commit_ReplicaIsStopped_WaitsUntilItIsBack()
    {
        await _replica.MakeSynchronous();
        await _replica.Server.Stop();

        Task commit = Commit("on");
        await _primary.Until("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 1L);
        commit.IsCompleted.Should().BeFalse();
        await _replica.Server.Restart();

        await commit.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Commit_ReplicaIsStopped_WaitsUntilItIsNotNeeded()
    {
        await _replica.MakeSynchronous();
        await _replica.Server.Stop();

        Task commit = Commit("on");
        await _primary.Until("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", 1L);
        commit.IsCompleted.Should().BeFalse();
        await _replica.MakeAsynchronous();

        await commit.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Promote_Replica_TakesWrites()
    {
        await _replica.Server.Awaiting(server => server.Scalar<int?>("INSERT INTO numbers VALUES (1)")).Should().ThrowAsync<PostgresException>();

        await _replica.Promote();
        await _replica.Server.Scalar<int?>("INSERT INTO numbers VALUES (1)");

        (await _replica.Server.Scalar<long>("SELECT count(*) FROM numbers")).Should().Be(1);
    }

    private Task<int?> Commit(string waitsFor) => _primary.Scalar<int?>($"SET synchronous_commit = {waitsFor}; INSERT INTO numbers VALUES (1)");
}
