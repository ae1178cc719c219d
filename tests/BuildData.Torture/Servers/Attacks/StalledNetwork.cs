using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Holds back the bytes of some masters for less or for more time than they wait, and then lets them through.</summary>
internal sealed class StalledNetwork : AttackPart
{
    private const int MostMillisecondsOfShort = 4_000;
    private const int MostMillisecondsOfLong = 30_000;

    public override string Name => "stalls";

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        await Task.WhenAll(arena.Proxies.Where(_ => random.Next(2) == 0).Select(async proxy =>
        {
            var own = new Random(random.Next());
            proxy.DelayToServer = TimeSpan.FromMilliseconds(own.Next(30));
            await Wait(own, 500);
            proxy.Stall();
            run.Count($"{Name}: stalls");
            await Wait(own, own.Next(4) == 0 ? MostMillisecondsOfLong : MostMillisecondsOfShort);
            proxy.DelayToServer = TimeSpan.Zero;
            proxy.GoOn();
        }).ToArray());
    }
}
