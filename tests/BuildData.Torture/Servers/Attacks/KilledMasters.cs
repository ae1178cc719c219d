using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>Kills masters that are processes. Later another master cleans up after them.</summary>
internal sealed class KilledMasters : AttackPart
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(8);

    public override string Name => "killed-masters";

    protected override int Processes => 2;

    protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
    {
        foreach (MasterProcess process in processes)
        {
            await Wait(random, 2_000);
            await process.Kill();
            run.Count($"{Name}: masters killed");
        }
    }

    protected override Task EndProcess(MasterProcess process) => Task.CompletedTask;

    protected override async Task AfterComparison(CheckRun run, Arena arena)
    {
        Master master = arena.Masters[^1].Master;
        long[] living = [.. arena.Masters.Select(own => own.Master.Id!.Value)];
        long[] dead = [.. (await Silent()).Select(info => info.MasterId)];
        using (var end = new CancellationTokenSource(Arena.Patience))
        {
            // They were killed one after the other, so their times of silence end one after the other.
            while ((await Silent()).Any(info => info.Active))
            {
                run.Count($"{Name}: claims released", (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Silence, end.Token)).Count);
                await Task.Delay(500, end.Token);
            }
        }

        Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(master.Data);
        foreach ((string project, ProjectState before) in arena.Settled)
        {
            ProjectState expected = dead.Aggregate(before, ProjectModel.CleanUp);
            if (StateComparison.FindDifference(expected, stored[project]) is { } difference)
                throw new ViolationException($"The cleaning up has not done with the project {project} what it should.\n{difference}");
        }

        await Settlement.CompareEvents(run, Name, arena);
        stored.Remove(Examination.EventExamination.Reason);
        arena.Settled = stored;

        async Task<IEnumerable<MasterInfo>> Silent() => (await master.Data.GetAll<MasterInfo>("/masters")).ExceptBy(living, info => info.MasterId);
    }
}
