namespace BuildData.Tests;

/// <summary>The replica that every commit waits for is gone: nothing is acknowledged that it does not have.</summary>
internal sealed class GoneReplicaTests : ReplicatedStoreTests
{
    private Master _master = null!;

    [SetUp]
    public async Task OpenMaster() => _master = await Master.Open(options => options.UsePostgreSql(Store.ConnectionString + ";Command Timeout=1"));

    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if the test was skipped for want of the programs.
        if (_master is null)
            return;
        await Replica.MakeAsynchronous();
        await _master.DisposeAsync();
    }

    [Test]
    public async Task Update_ReplicaIsGone_CompletesWhenItIsBack()
    {
        Task update = await UpdateWithoutReplica();

        await Replica.Server.Restart();

        await update.WaitAsync(Given.Patience);
    }

    [Test]
    public async Task Update_ReplicaIsGone_CompletesWhenItIsNotNeeded()
    {
        Task update = await UpdateWithoutReplica();

        await Replica.MakeAsynchronous();

        await update.WaitAsync(Given.Patience);
    }

    /// <summary>Begins an update that is not acknowledged, long beyond the connection's timeout.</summary>
    private async Task<Task> UpdateWithoutReplica()
    {
        long step = await _master.Data.Updates.Step();
        await Replica.MakeSynchronous();
        await Replica.Server.Stop();

        Task update = _master.Data.Updates.SetStepStateString(step, "in the replica");
        await Primary.Until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep'", true);
        await Store.Pass(TimeSpan.FromSeconds(3));

        update.IsCompleted.Should().BeFalse("the replica does not have it");
        return update;
    }
}
