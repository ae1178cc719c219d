namespace BuildData.Tests;

/// <summary>The name of the server leads to a standby for some time.</summary>
internal sealed class SwitchedServerTests : ReplicatedStoreTests
{
    [Test]
    public async Task Update_NameLeadsToAStandbyForAMoment_FailsMeanwhileAndSucceedsAfterwards()
    {
        await using PostgreSqlProxy proxy = PostgreSqlProxy.Start(Primary);
        await using Master master = await Master.Open(options => options.UsePostgreSql(proxy.Through(Store.ConnectionString)));
        Updates updates = master.Data.Updates;
        long step = await updates.Step();
        Subscription steps = master.Data.Events.Subscribe("/steps/*", "updated");
        await Replica.ShowsAll();

        proxy.SwitchTo(Replica.Server);
        proxy.Reset();
        for (int i = 0; i < 5; i++)
        {
            await updates.Awaiting(u => u.SetStepStateString(step, "on the standby")).Should().ThrowAsync<StoreException>()
                .Where(error => !error.IsOutcomeUnknown).WithMessage($"*{Store.Database}*").Where(error => IsClear(error.Message));
        }

        proxy.SwitchTo(Primary);
        proxy.Reset();
        await updates.SetStepStateString(step, "on the primary");

        (await steps.Next(1)).Select(e => ((Step)e.Resource).StateString).Should().Equal("on the primary");
    }

    private static bool IsClear(string message) =>
        ((string[])["read-only", "recovery", "standby"]).Any(reason => message.Contains(reason, StringComparison.OrdinalIgnoreCase));
}
