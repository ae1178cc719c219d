using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Makes connections of some masters half-open: all of them, or only those that listen. Neither side notices.</summary>
internal sealed class HalfOpenConnections : AttackPart
{
    private const int MostMilliseconds = 25_000;

    public override string Name => "half-open";

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        await Task.WhenAll(arena.Proxies.Where(_ => random.Next(3) == 0).Select(async proxy =>
        {
            var own = new Random(random.Next());
            await Wait(own, 500);
            if (own.Next(3) > 0)
                proxy.HalfOpen();
            else
                proxy.HalfOpen(PostgreSqlProxy.Listens);
            run.Count($"{Name}: masters");
            await Wait(own, own.Next(3) == 0 ? MostMilliseconds : 5_000);
            proxy.Heal();
        }).ToArray());
    }
}
