using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Cuts off the network of masters that are processes, and connects it again. Nobody is told.</summary>
internal sealed class Partition : AttackPart
{
    private const int MostAttacks = 3;
    private const int MostMillisecondsOfLong = 40_000;

    private IsolatedNetwork? _network;
    private string? _connectionString;

    public override string Name => "partition";

    public override string? Missing => IsolatedNetwork.Missing;

    protected override int Processes => 2;

    public override Task<Arena> Open(int masters, Random random) => Arena.Open(masters, random, async arena =>
    {
        _network = arena.Own(await IsolatedNetwork.Create());
        _connectionString = Arena.WithLimits(await arena.Server.ListenAlsoOn(IsolatedNetwork.Host, IsolatedNetwork.Range));
        return null;
    });

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        for (int attack = random.Next(1, MostAttacks); attack > 0; attack--)
        {
            await Wait(random, 1_500);
            bool atHost = random.Next(2) == 0;
            await _network!.Set(isConnected: false, atHost);
            run.Count($"{Name}: partitions");
            await Wait(random, random.Next(3) == 0 ? MostMillisecondsOfLong : 8_000);
            await _network.Set(isConnected: true, atHost);
        }
    }

    protected override Task<MasterProcess> StartProcess(Arena arena, string name, int seed) => MasterProcess.Start(_connectionString!, name, seed, _network!.Launcher);
}
