namespace BuildData.Tests;

/// <summary>Masters whose connections lead through pgbouncer.</summary>
internal sealed class PooledStoreTests() : StoreTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Open_TransactionPooling_IsRefused()
    {
        await using PgBouncer bouncer = await Required.StartBouncer(await SharedServer.Get(), "transaction");

        await FluentActions.Awaiting(() => Open(bouncer)).Should().ThrowAsync<StoreException>().WithMessage("*transaction pooling*");
    }

    [Test]
    public async Task Open_SessionPooling_Works()
    {
        await using PgBouncer bouncer = await Required.StartBouncer(await SharedServer.Get(), "session");
        await using Master master = await Open(bouncer);
        await using Master other = await Store.Open(options => options.MasterName = "other");
        Subscription steps = master.Data.Events.Subscribe("/steps/*", "new");

        long own = await master.Data.Updates.Step();
        long others = await other.Data.Updates.Step();

        (await steps.Next(2)).Select(e => e.Id).Should().Equal(own, others);
        (await master.Data.GetAll<Step>("/steps?order=stepid")).Select(step => step.StepId).Should().Equal(own, others);
    }

    private Task<Master> Open(PgBouncer bouncer) =>
        Master.Open(options => options.UsePostgreSql(bouncer.Through(((PostgreSqlTestStore)Store).ConnectionString)));
}
