using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>The connection that listens for notifications is half-open: neither side notices that nothing arrives.</summary>
internal sealed class LostListenerTests() : StoreTests(StoreKinds.PostgreSql)
{
    private const int ListenerBack = 102;

    [Test]
    public async Task Events_ListenersConnectionIsHalfOpen_ArriveAndTheListenerIsReplaced()
    {
        var store = (PostgreSqlTestStore)Store;
        var log = new FakeLogCollector();
        await using PostgreSqlProxy proxy = PostgreSqlProxy.Start(await SharedServer.Get());
        await using Master master = await Master.Open(options =>
        {
            options.UsePostgreSql(proxy.Through(store.ConnectionString + ";Timeout=5;Command Timeout=5"));
            options.LoggerFactory = log.ToLoggerFactory();
        });
        await using Master other = await store.Open(options => options.MasterName = "other");
        long step = await other.Data.Updates.Step();
        Subscription steps = master.Data.Events.Subscribe("/steps/*", "updated");

        proxy.HalfOpen(PostgreSqlProxy.Listens).Should().Be(1);
        await other.Data.Updates.SetStepStateString(step, "before");
        await log.GetLogsAsync().AnyAsync(record => record.Id == ListenerBack).AsTask().WaitAsync(Given.Patience);
        await other.Data.Updates.SetStepStateString(step, "after");

        (await steps.Next(2)).Select(e => ((Step)e.Resource).StateString).Should().Equal("before", "after");
    }
}
