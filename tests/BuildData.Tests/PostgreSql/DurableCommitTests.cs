namespace BuildData.Tests;

/// <summary>The server fails before it has written the last commits to its disk.</summary>
internal sealed class DurableCommitTests
{
    [Test]
    public async Task MakeDurable_ServerFailsAfterIt_HasTheUpdatesThatDidNotWaitForTheDisk()
    {
        await using PostgreSqlServer server = await Required.StartServer(durable: true);

        // By itself, the server would write the commits to its disk only after this time.
        await server.Scalar<int?>("ALTER SYSTEM SET wal_writer_delay = '10s'");
        await server.Scalar<bool>("SELECT pg_reload_conf()");
        await using Master master = await Master.Open(options =>
        {
            options.UsePostgreSql(server.ConnectionString());
            options.Durability = Durability.Normal;
        });
        for (int i = 0; i < 100; i++)
            await master.Data.Updates.AddBuildset(reason: $"buildset {i}");

        await master.Store.MakeDurable(CancellationToken.None);
        await server.StopImmediately();
        await server.Restart();

        (await server.Scalar<long>("SELECT count(*) FROM buildsets")).Should().Be(100);
    }
}
