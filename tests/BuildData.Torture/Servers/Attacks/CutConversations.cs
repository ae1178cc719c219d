using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Cuts the connection of each master behind some message of its conversation, again and again.</summary>
internal sealed class CutConversations : AttackPart
{
    private const int Cuts = 6;
    private const int MostMessages = 60;

    private static readonly TimeSpan TimeToReach = TimeSpan.FromSeconds(10);

    public override string Name => "cuts";

    protected override Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random) =>
        Task.WhenAll(arena.Proxies.Select(proxy => Attack(run, proxy, new Random(random.Next()))).ToArray());

    private async Task Attack(CheckRun run, PostgreSqlProxy proxy, Random random)
    {
        for (int i = 0; i < Cuts; i++)
        {
            MessageCut cut = proxy.CutAt(random.Next(1, MostMessages), isWholeHost: random.Next(2) == 0);
            await Task.WhenAny(cut.Finished, Task.Delay(TimeToReach));
            run.Count($"{Name}: connections cut", cut.Finished.IsCompleted ? 1 : 0);

            // Mostly both sides notice soon. Sometimes they have to find out by themselves.
            await Wait(random, random.Next(8) == 0 ? 12_000 : 300);
            proxy.Heal();
            await Wait(random, 300);
        }
    }
}
