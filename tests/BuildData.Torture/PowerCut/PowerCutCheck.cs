using BuildData.Torture.PowerCut.Checking;
using BuildData.Torture.PowerCut.Load;
using BuildData.Torture.PowerCut.Recording;
using BuildData.Torture.Running;

namespace BuildData.Torture.PowerCut;

/// <summary>
/// Records what a process writes, lets the power fail at each sync, lays out the files that may be left, and compares them with what was
/// acknowledged.
/// </summary>
internal sealed class PowerCutCheck(PowerCutSettings settings) : ICheck
{
    private const string MemoryFolder = "/dev/shm";

    public string Name => "power-cut";

    public string Description =>
        "Cuts the power at each sync of a recorded process, and opens what a disk may have then. A round is a recorded process. "
        + $"--only is one of: {string.Join(", ", PowerCutScenario.All.Select(scenario => scenario.Name))}.";

    public async Task Run(CheckRun run)
    {
        PowerCutScenario[] scenarios = [.. PowerCutScenario.All.Where(scenario => run.Settings.Only is null || run.Settings.Only == scenario.Name)];
        if (scenarios.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'.");
        using var folder = new TempFolder(Directory.Exists(MemoryFolder) ? MemoryFolder : null);
        while (run.Begin(out int round))
            await Run(run, scenarios[round % scenarios.Length], run.Random(round), folder);
    }

    private async Task Run(CheckRun run, PowerCutScenario scenario, Random random, TempFolder folder)
    {
        var load = new LoadSettings(random.Next(1_000_000), settings.Updates, scenario.Durability, scenario.StoresLogsOutside, scenario.LogSizeLimit);
        var opener = new StoreOpener(load);
        string recorded = Directory.CreateDirectory(folder.File("recorded")).FullName;
        try
        {
            List<TraceRecord> trace = await Recorder.Run(recorded, load, syncTime: TimeSpan.FromMicroseconds(random.Next(400)), folder.Path);
            if (RecordedFiles.FindDifference(trace, recorded) is { } difference)
                throw new InvalidOperationException($"The trace does not show all writes: {difference}");
            RecordedHistory history = await RecordedHistory.Read(opener, recorded);
            run.Count("records", trace.Count);
            run.Count("events", history.Rows.Count);
            bool promisesFull = scenario.Durability == Durability.Full || settings.ExpectsTooMuch;
            var sweep = new PowerCutSweep(run, settings, new StateCheck(opener, history, promisesFull), scenario.Name, folder);
            await sweep.Run(trace, random);
        }
        finally
        {
            Directory.Delete(recorded, recursive: true);
        }
    }
}
