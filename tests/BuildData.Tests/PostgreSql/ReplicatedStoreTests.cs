namespace BuildData.Tests;

/// <summary>Gives each test a store on a server of its own that has a replica, for which no commit waits yet.</summary>
/// <param name="applyDelayMilliseconds">How long after a commit the replica shows the change.</param>
internal abstract class ReplicatedStoreTests(int applyDelayMilliseconds = 0)
{
    protected PostgreSqlServer Primary { get; private set; } = null!;

    protected PostgreSqlReplica Replica { get; private set; } = null!;

    protected PostgreSqlTestStore Store { get; private set; } = null!;

    [SetUp]
    public async Task MakeStore()
    {
        Primary = await Required.StartServer(durable: false);
        Replica = await PostgreSqlReplica.Start(Primary, TimeSpan.FromMilliseconds(applyDelayMilliseconds));
        Store = await PostgreSqlTestStore.Create(Primary);
    }

    [TearDown]
    public async Task RemoveStore()
    {
        // There are none if the test was skipped for want of the programs.
        if (Replica is not null)
            await Replica.DisposeAsync();
        if (Primary is not null)
            await Primary.DisposeAsync();
    }
}
