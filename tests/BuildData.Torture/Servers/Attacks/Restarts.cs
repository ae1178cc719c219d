using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Stops the server, in order or at once, and starts it again.</summary>
internal sealed class Restarts : AttackPart
{
    private const int MostAttacks = 4;

    public override string Name => "restarts";

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        for (int attack = random.Next(1, MostAttacks); attack > 0; attack--)
        {
            await Wait(random, 1_000);
            if (random.Next(2) == 0)
                await arena.Server.StopImmediately();
            else
                await arena.Server.Stop();

            // Half of the times it is away for so long that calls fail.
            if (random.Next(2) == 0)
                await Wait(random, 4_000);
            await arena.Server.Restart();
            run.Count($"{Name}: restarts");
        }
    }
}
