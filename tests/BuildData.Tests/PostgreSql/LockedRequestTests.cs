using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A request that another session has locked does not hold up the workers that look for a request.</summary>
internal sealed class LockedRequestTests
{
    [Test]
    public async Task ClaimNext_AnotherSessionHoldsTheNextRequest_TakesTheOneAfterIt()
    {
        await using PostgreSqlTestStore store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        await using Master master = await store.Open();
        long linux = await master.Data.Updates.FindBuilderId("linux");
        long first = (await master.Data.Updates.AddBuildset(builderIds: [linux])).BuildRequestIds[linux];
        long second = (await master.Data.Updates.AddBuildset(builderIds: [linux])).BuildRequestIds[linux];
        await using var holder = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await holder.OpenAsync();
        await holder.ExecuteAsync($"BEGIN; SELECT FROM buildrequests WHERE id = {first} FOR UPDATE");

        BuildRequest? next = await master.Data.Updates.ClaimNext([linux]).WaitAsync(Given.Patience);

        next?.BuildRequestId.Should().Be(second);
    }

    [Test]
    public async Task ClaimNext_AnotherSessionHoldsTheOnlyRequestAndReleasesIt_TakesIt()
    {
        await using PostgreSqlTestStore store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        await using Master master = await store.Open();
        long linux = await master.Data.Updates.FindBuilderId("linux");
        long windows = await master.Data.Updates.FindBuilderId("windows");
        long request = (await master.Data.Updates.AddBuildset(builderIds: [linux])).BuildRequestIds[linux];
        await using var holder = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await holder.OpenAsync();
        await holder.ExecuteAsync($"BEGIN; SELECT FROM buildrequests WHERE id = {request} FOR UPDATE");
        Task<BuildRequest?> claim = master.Data.Updates.ClaimNext([linux, windows]);

        await store.Until("SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", true);
        await holder.ExecuteAsync("ROLLBACK");

        (await claim.WaitAsync(Given.Patience))?.BuildRequestId.Should().Be(request);
    }
}
