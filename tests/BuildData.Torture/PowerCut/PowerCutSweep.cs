using BuildData.Torture.PowerCut.Checking;
using BuildData.Torture.PowerCut.Disk;
using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Running;

namespace BuildData.Torture.PowerCut;

/// <summary>Follows a trace and checks the states that a power cut could leave at each sync point.</summary>
internal sealed class PowerCutSweep(CheckRun run, PowerCutSettings settings, StateCheck check, string scenario, TempFolder folder)
{
    private const int Workers = 2;

    private readonly SimulatedDisk _disk = new(settings.Rules);
    private readonly Promises _promises = new();
    private int _states;

    /// <summary>Runs the check.</summary>
    /// <exception cref="ViolationException">A promise does not hold.</exception>
    public async Task Run(List<TraceRecord> trace, Random random)
    {
        int points = trace.Count(IsSync) + 1;
        int step = settings.SyncPoints is { } limit ? Math.Max(1, points / limit) : 1;
        int first = random.Next(step);
        int point = 0;
        foreach (TraceRecord record in trace)
        {
            if (IsSync(record) && point++ % step == first)
                await Cut(point, random);
            if (IsSync(record))
                PrintProgress(point, points);
            if (record.Kind == TraceKind.Mark)
                _promises.Add(record.Data);
            else if (!settings.IsForgotten(record))
                _disk.Apply(record);
        }

        await Cut(point + 1, random);
    }

    private void PrintProgress(int point, int points)
    {
        if (point % 100 == 0)
            run.Print($"{scenario}: sync point {point} of {points}, {_states} states, {run.Elapsed:hh\\:mm\\:ss}");
    }

    private static bool IsSync(TraceRecord record) => record.Kind is TraceKind.Synced or TraceKind.FolderSynced;

    private async Task Cut(int point, Random random)
    {
        run.Count("sync points");
        run.Max("pending changes at a sync, at most", _disk.Pending.Count);
        Survivors[] all = [.. CutChooser.Choose(_disk.Pending, random)];
        if (settings.StatesPerSyncPoint is { } limit && all.Length > limit)
        {
            random.Shuffle(all);
            all = all[..limit];
        }

        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (survivors, _) =>
        {
            string state = Directory.CreateDirectory(folder.File($"state-{Interlocked.Increment(ref _states)}")).FullName;
            try
            {
                DiskAfterCut.Write(_disk, survivors, state);
                if (await check.FindViolation(state, _promises) is { } violation)
                    throw run.Violation($"{scenario}, sync point {point}, survivors {survivors.Key}: {violation}");
            }
            finally
            {
                Directory.Delete(state, recursive: true);
            }
        });
        run.Count("states", all.Length);
    }
}
