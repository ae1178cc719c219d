using System.Diagnostics;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Stops processes of the server with SIGSTOP: those of some sessions, and sometimes the one that accepts connections too.</summary>
internal sealed class StoppedServer : AttackPart
{
    private const int MostMilliseconds = 25_000;

    public override string Name => "stopped-server";

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        int[] pids = await Backends.ReadPids(arena.Server);
        pids = pids[..random.Next(1, pids.Length + 1)];
        bool isPaused = random.Next(2) == 0;
        if (isPaused)
            await arena.Server.Pause();
        await Signal("STOP", pids);
        run.Count($"{Name}: sessions stopped", pids.Length);

        await Wait(random, random.Next(3) == 0 ? MostMilliseconds : 4_000);
        await Signal("CONT", pids);
        if (isPaused)
            await arena.Server.GoOn();
    }

    private static async Task Signal(string signal, int[] pids)
    {
        // One that has ended meanwhile makes kill fail. All others get the signal.
        using Process kill = Process.Start(new ProcessStartInfo("kill", ["-s", signal, .. pids.Select(pid => $"{pid}")]) { RedirectStandardError = true })!;
        await kill.StandardError.ReadToEndAsync();
        await kill.WaitForExitAsync();
    }
}
