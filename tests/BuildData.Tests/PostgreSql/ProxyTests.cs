namespace BuildData.Tests;

/// <summary>Gives each test a new database, and a master that reaches it through a proxy.</summary>
internal abstract class ProxyTests() : StoreTests(StoreKinds.PostgreSql)
{
    protected new PostgreSqlTestStore Store => (PostgreSqlTestStore)base.Store;

    protected PostgreSqlProxy Proxy { get; private set; } = null!;

    protected Master Master { get; private set; } = null!;

    protected Updates Updates => Master.Data.Updates;

    [SetUp]
    public async Task OpenMasterThroughProxy()
    {
        await PrepareStore();
        Proxy = PostgreSqlProxy.Start(await SharedServer.Get());
        Master = await Master.Open(options => options.UsePostgreSql(Proxy.Through(Store.ConnectionString)).KeepEvents(TimeSpan.FromHours(1)));
    }

    [TearDown]
    public async Task CloseMasterAndProxy()
    {
        // There are none if they could not be opened.
        if (Master is not null)
            await Master.DisposeAsync();
        if (Proxy is not null)
            await Proxy.DisposeAsync();
    }

    /// <summary>Called before the master is opened.</summary>
    protected virtual Task PrepareStore() => Task.CompletedTask;
}
