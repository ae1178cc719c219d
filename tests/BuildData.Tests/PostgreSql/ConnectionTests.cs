using System.Transactions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The connections that a master takes, and whose they are.</summary>
internal sealed class ConnectionTests() : MasterTests(StoreKind.PostgreSql)
{
    [Test]
    public async Task Transaction_PoolHasNoOtherConnection_IsAnnouncedAtOnceAllTheSame()
    {
        var log = new CollectedLog();
        await using Master small = await Master.Open(options =>
        {
            options.UsePostgreSql(((PostgreSqlTestStore)Store).ConnectionString + ";Maximum Pool Size=4;Timeout=3");
            options.MasterName = "small";
            options.LoggerFactory = log;
        });
        long buildId = await small.Data.Updates.Build();
        Subscription steps = small.Data.Events.Subscribe("/steps/*");

        await small.Data.Updates.Transaction(async u =>
        {
            await u.NewStep(buildId, "inner");
            await Updates.FindBuilderId("comes_between");
        });

        (await steps.Next(1)).Single().Name.Should().Be("new");
        log.Entries.Where(entry => entry.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task Transaction_CallerHasAnotherOfItsOwn_IsNoPartOfIt()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await Updates.Transaction(u => u.FindBuilderId("linux"));

        (await Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task UsePostgreSql_DataSourceOfTheCaller_LeavesTheMastersNameFreeAfterwards()
    {
        await Master.DisposeAsync();
        await using var dataSource = NpgsqlDataSource.Create(((PostgreSqlTestStore)Store).ConnectionString);

        for (int i = 0; i < 3; i++)
        {
            await using Master own = await Master.Open(options => options.UsePostgreSql(dataSource));
            await own.Data.Updates.FindBuilderId("linux");
        }

        await using NpgsqlConnection connection = await dataSource.OpenConnectionAsync();
        connection.State.Should().Be(System.Data.ConnectionState.Open, "it is the caller's");
    }
}
