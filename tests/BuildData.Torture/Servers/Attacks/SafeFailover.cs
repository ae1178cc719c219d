using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>The server ends, and a replica that has every commit takes over.</summary>
internal sealed class SafeFailover : AttackPart
{
    private PostgreSqlServer? _replica;

    public override string Name => "failover";

    public override int RoundsOfServer => 1;

    // A process would connect to the first server.
    protected override int Processes => 0;

    public override Task<Arena> Open(int masters, Random random) => Arena.Open(masters, random, async arena =>
    {
        _replica = arena.Own(await Failover.StartReplica(arena.Server));
        await arena.Server.Set("synchronous_standby_names", Failover.ReplicaName);
        return null;
    });

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        await Wait(random, 2_000);
        await arena.Server.StopImmediately();
        if (random.Next(2) == 0)
            await Wait(random, 4_000);
        await Failover.Promote(_replica!, arena.Proxies);
    }
}
