using System.Diagnostics;
using System.Globalization;
using BuildData.Torture.Running;
using Npgsql;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Ends sessions of masters, or kills the process of one, after which the server starts again by itself.</summary>
internal sealed class Backends : AttackPart
{
    private const int MostAttacks = 6;

    private const string PidsOfMasters = "SELECT coalesce(string_agg(pid::text, ' ' ORDER BY random()), '') FROM pg_stat_activity WHERE application_name = 'BuildData'";

    public override string Name => "backends";

    /// <summary>Returns the ids of the server's processes for masters, in random order.</summary>
    public static async Task<int[]> ReadPids(PostgreSqlServer server) =>
        [.. (await server.Scalar<string>(PidsOfMasters))!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        for (int attack = random.Next(1, MostAttacks); attack > 0; attack--)
        {
            await Wait(random, 700);
            int[] pids = await ReadPids(arena.Server);
            if (pids.Length == 0)
                continue;
            if (random.Next(4) == 0)
            {
                await Kill(pids[0]);
                await AwaitStarted(arena.Server);
                run.Count($"{Name}: server processes killed");
            }
            else
            {
                int[] ended = random.Next(2) == 0 ? pids : pids[..1];
                await arena.Server.Scalar<long>($"SELECT count(pg_terminate_backend(pid)) FROM unnest(ARRAY[{string.Join(',', ended)}]) AS pid");
                run.Count($"{Name}: sessions ended", ended.Length);
            }
        }
    }

    private static async Task Kill(int pid)
    {
        try
        {
            using var backend = Process.GetProcessById(pid);
            backend.Kill();
            await backend.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    private static async Task AwaitStarted(PostgreSqlServer server)
    {
        while (true)
        {
            try
            {
                await server.Scalar<int>("SELECT 1");
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20);
            }
        }
    }
}
