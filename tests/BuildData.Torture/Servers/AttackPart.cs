using System.Diagnostics;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>A part whose rounds lose nothing: masters write, an attack breaks something and repairs it, all work again, and then all is compared.</summary>
internal abstract class AttackPart : IServerPart
{
    private static readonly TimeSpan Before = TimeSpan.FromMilliseconds(300);

    public abstract string Name { get; }

    public virtual string? Missing => null;

    public virtual int RoundsOfServer => 3;

    /// <summary>Gets how many masters are processes of their own.</summary>
    protected virtual int Processes => 1;

    public virtual Task<Arena> Open(int masters, Random random) => Arena.Open(masters, random);

    public async Task Run(CheckRun run, Arena arena, int round, Random random)
    {
        var recorder = new RoundRecorder();
        var processes = new List<MasterProcess>();
        try
        {
            for (int i = 0; i < Processes; i++)
                processes.Add(await StartProcess(arena, $"r{round}x{i}", random.Next()));
            ProjectLoad load = ProjectLoad.Start([.. arena.Masters.Select(master => master.Master)], recorder.For, new LoadSettings($"r{round}", random.Next()));
            await Task.Delay(Before);
            await Attack(run, arena, processes, random);
            var repaired = Stopwatch.StartNew();
            await Task.WhenAll(arena.Masters.Select(master => ServerMaster.AwaitWorking(master.Master, Arena.Patience)));
            run.Max($"{Name}: longest time until all masters worked again, in ms", repaired.ElapsedMilliseconds);
            await load.Stop(Arena.Patience);
            run.Max($"{Name}: longest time until all calls had ended, in ms", repaired.ElapsedMilliseconds);
            await Task.WhenAll(processes.Select(EndProcess));
            await Settlement.Compare(run, Name, arena, [recorder.Calls, .. processes.Select(process => process.Calls.ToDictionary(own => own.Key, own => own.Value.ToArray()))]);
            await AfterComparison(run, arena);
        }
        finally
        {
            foreach (MasterProcess process in processes)
                await process.DisposeAsync();
        }
    }

    /// <summary>Breaks something, and repairs it.</summary>
    protected abstract Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random);

    /// <summary>Starts a master that is a process.</summary>
    protected virtual Task<MasterProcess> StartProcess(Arena arena, string name, int seed) => MasterProcess.Start(arena.ConnectionString, name, seed);

    /// <summary>Ends a master that is a process.</summary>
    protected virtual Task EndProcess(MasterProcess process) => process.Stop();

    /// <summary>Runs when all has been compared, before the next round.</summary>
    protected virtual Task AfterComparison(CheckRun run, Arena arena) => Task.CompletedTask;

    /// <summary>Waits for a random time.</summary>
    protected static Task Wait(Random random, int mostMilliseconds) => Task.Delay(random.Next(mostMilliseconds));
}
