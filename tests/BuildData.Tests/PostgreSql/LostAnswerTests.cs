using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The answer to a commit is lost, and updates of the same batch had been set aside.</summary>
internal sealed class LostAnswerTests
{
    // A transaction that changes a build request waits at its commit until the advisory lock 1 is free.
    private const string WaitAtTheCommit =
        """
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER at_the_commit AFTER UPDATE ON buildrequests DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
        """;

    [Test]
    public async Task Commit_AnswerIsLostAndAnUpdateOfTheBatchIsBlocked_TheFirstCompletesAndTheOtherIsRunLater()
    {
        PostgreSqlServer server = await SharedServer.Get();
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        await using PostgreSqlProxy proxy = PostgreSqlProxy.Start(server);
        await using Master master = await Master.Open(options =>
        {
            options.UsePostgreSql(proxy.Through(store.ConnectionString)).MasterName = "through the proxy";
            options.CollapseBuildRequests = CollapsePolicy.Never;
        });
        Updates updates = master.Data.Updates;
        long free = (await updates.Request()).RequestId;
        long locked = (await updates.Request()).RequestId;
        await store.Scalar<int?>(WaitAtTheCommit);
        await using NpgsqlConnection holder = await Connect(store);
        await holder.ExecuteAsync($"BEGIN; SELECT FROM buildrequests WHERE id = {locked} FOR UPDATE");
        await using NpgsqlConnection first = await Connect(store);
        await first.ExecuteAsync("SELECT pg_advisory_lock(1)");

        // The second and the third wait in the process for the first, and so share a batch. Of that, the third is blocked.
        Task<BuildRequestsResult> claim = updates.ClaimBuildRequests([free]);
        await Waiters(store, 1);
        Task unclaim = updates.UnclaimBuildRequests([free]);
        Task<BuildRequestsResult> claimBoth = updates.ClaimBuildRequests([free, locked]);
        await using NpgsqlConnection second = await Connect(store);
        Task next = second.ExecuteAsync("SELECT pg_advisory_lock(1)");
        await Waiters(store, 2);
        await first.ExecuteAsync("SELECT pg_advisory_unlock(1)");
        await next;
        await claim;
        await Waiters(store, 1);
        foreach (ProxyLink link in proxy.Links)
            link.HalfOpen();
        await second.ExecuteAsync("SELECT pg_advisory_unlock(1)");

        await unclaim.WaitAsync(Given.Patience);
        claimBoth.IsCompleted.Should().BeFalse("its row is still locked");
        await holder.ExecuteAsync("ROLLBACK");
        ((bool)await claimBoth.WaitAsync(Given.Patience)).Should().BeTrue();
        (await store.Scalar<long>("SELECT count(*) FROM buildrequests WHERE claimed_by IS NOT NULL")).Should().Be(2);
    }

    [Test]
    public async Task Transaction_ConnectionIsLostWhileTheServerCommits_ToldOutcomeIsTheFinalOne()
    {
        PostgreSqlServer server = await SharedServer.Get();
        await using var store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        await using PostgreSqlProxy proxy = PostgreSqlProxy.Start(server);
        await using Master master = await Master.Open(options => options.UsePostgreSql(proxy.Through(store.ConnectionString)));
        long request = (await master.Data.Updates.Request()).RequestId;
        await store.Scalar<int?>(WaitAtTheCommit);
        await using NpgsqlConnection holder = await Connect(store);
        await holder.ExecuteAsync("SELECT pg_advisory_lock(1)");

        Task transaction = master.Data.Updates.Transaction(updates => updates.ClaimBuildRequests([request]));
        await Waiters(store, 1);
        proxy.Reset();
        await FluentActions.Awaiting(() => transaction.WaitAsync(Given.Patience)).Should().ThrowAsync<StoreException>().Where(error => !error.IsOutcomeUnknown);
        await holder.ExecuteAsync("SELECT pg_advisory_unlock(1)");

        await store.Until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND objid = 1", 0L);
        (await store.Scalar<long>("SELECT count(*) FROM buildrequests WHERE claimed_by IS NOT NULL")).Should().Be(0);
    }

    private static async Task<NpgsqlConnection> Connect(PostgreSqlTestStore store)
    {
        var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    private static Task Waiters(PostgreSqlTestStore store, long count) =>
        store.Until("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'", count);
}
