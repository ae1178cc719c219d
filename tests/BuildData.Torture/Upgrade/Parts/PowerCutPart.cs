using System.Text;
using BuildData.Torture.PowerCut.Disk;
using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Examination;
using BuildData.Torture.Upgrade.Old;
using BuildData.Torture.Upgrade.Stores;

namespace BuildData.Torture.Upgrade.Parts;

/// <summary>The power fails at each sync of a migration.</summary>
/// <param name="isForgotten">Whether the disk forgets a sync, which makes it lie.</param>
/// <param name="statesOfSyncPoint">How many states of a sync point are examined.</param>
internal sealed class PowerCutPart(Func<TraceRecord, bool> isForgotten, int statesOfSyncPoint) : IUpgradePart
{
    public string Name => "power-cut";

    public async Task Run(CheckRun run, Random random, PostgreSqlServer? server)
    {
        if (!Recorder.IsSupported)
        {
            run.Print("The part power-cut needs Linux and a C compiler.");
            return;
        }

        await using var store = new OldSqliteStore();
        await using var empty = new OldSqliteStore();
        OldDatabase old = await OldDatabase.Create(store, random.NextInt64(1, store.Scripts.NewestVersion), random);
        InterruptedMigration expected = await InterruptedMigration.Expect(store, old, empty);
        using var folder = new TempFolder();
        string recorded = Directory.CreateDirectory(folder.File("recorded")).FullName;
        List<TraceRecord> trace = await Recorder.Run(
            recorded, MigrationProcess.ArgumentsForCopy(store.File, Path.Combine(recorded, "builds.db")), TimeSpan.FromMicroseconds(random.Next(400)), folder.Path);
        if (RecordedFiles.FindDifference(trace, recorded) is { } difference)
            throw new InvalidOperationException($"The trace does not show all writes: {difference}");
        await Sweep(run, random, expected, trace);
    }

    private async Task Sweep(CheckRun run, Random random, InterruptedMigration expected, List<TraceRecord> trace)
    {
        var disk = new SimulatedDisk(DiskRules.Strict);
        bool hasBegun = false;
        bool hasOpened = false;
        foreach (TraceRecord record in trace)
        {
            if (hasBegun && record.Kind is TraceKind.Synced or TraceKind.FolderSynced)
                await Cut(run, random, expected, disk, hasOpened);
            if (record.Kind == TraceKind.Mark)
            {
                string mark = Encoding.UTF8.GetString(record.Data);
                hasBegun |= mark == MigrationProcess.Begins;
                hasOpened |= mark == MigrationProcess.Opened;
            }
            else if (!hasBegun || !isForgotten(record))
            {
                disk.Apply(record);
            }
        }

        await Cut(run, random, expected, disk, hasOpened);
    }

    private async Task Cut(CheckRun run, Random random, InterruptedMigration expected, SimulatedDisk disk, bool hasOpened)
    {
        Survivors[] all = [.. CutChooser.Choose(disk.Pending, random)];
        random.Shuffle(all);
        run.Count("sync points");
        foreach (Survivors survivors in all.Take(statesOfSyncPoint))
        {
            using var state = new TempFolder();
            DiskAfterCut.Write(disk, survivors, state.Path);
            await using var store = new OldSqliteStore(state.Database);
            await expected.Examine(run, store, mustBeNew: hasOpened);
            run.Count("states after a power cut");
        }
    }
}
