using System.Transactions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The connections that a master takes from the pool.</summary>
internal sealed class ConnectionTests() : MasterTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Transaction_PoolHasNoOtherConnection_IsAnnouncedAtOnceAllTheSame()
    {
        var log = new FakeLogCollector();
        await using Master small = await Master.Open(options =>
        {
            options.UsePostgreSql(((PostgreSqlTestStore)Store).ConnectionString + ";Maximum Pool Size=6;Timeout=3");
            options.MasterName = "small";
            options.LoggerFactory = log.ToLoggerFactory();
        });
        long buildId = await small.Data.Updates.Build();
        Subscription steps = small.Data.Events.Subscribe("/steps/*");

        await small.Data.Updates.Transaction(async u =>
        {
            await u.NewStep(buildId, "inner");
            await Updates.FindBuilderId("comes_between");
        });

        (await steps.Next(1)).Single().Name.Should().Be("new");
        log.GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Should().BeEmpty();
    }

    [Test]
    public async Task Transaction_CallerHasAnotherOfItsOwn_IsNoPartOfIt()
    {
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await Updates.Transaction(u => u.FindBuilderId("linux"));

        (await Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [TestCase(Durability.Full, "off", "on")]
    [TestCase(Durability.Full, "remote_apply", "remote_apply")]
    [TestCase(Durability.Normal, "on", "off")]
    public async Task Update_Durability_IsAtLeastThatWhateverTheDatabaseIsSetTo(Durability durability, string set, string expected)
    {
        var store = (PostgreSqlTestStore)Store;
        await store.Scalar<int?>(
            $"""
            ALTER DATABASE {store.Database} SET synchronous_commit = '{set}';
            ALTER DATABASE {store.Database} SET default_transaction_isolation = 'serializable';
            CREATE TABLE seen (settings text);
            CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO seen VALUES (current_setting(''synchronous_commit'') || '', '' || current_setting(''transaction_isolation'')); RETURN NULL; END';
            CREATE TRIGGER look AFTER INSERT ON builders FOR EACH ROW EXECUTE FUNCTION look();
            """);
        await using Master master = await Store.Open(options =>
        {
            options.MasterName = "another";
            options.Durability = durability;
        });

        await master.Data.Updates.FindBuilderId("linux");
        await master.Data.Updates.Transaction(u => u.FindBuilderId("mac"));

        (await store.Scalar<string>("SELECT string_agg(settings, '; ') FROM seen")).Should().Be($"{expected}, read committed; {expected}, read committed");
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
