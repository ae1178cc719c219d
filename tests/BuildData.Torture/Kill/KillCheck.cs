using System.Diagnostics;
using BuildData.Torture.Examination;
using BuildData.Torture.Histories;
using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Kill;

/// <summary>
/// Kills a process that writes from 64 callers at a random moment, opens the file again, and compares it with the calls that ended and
/// with those that were cut off.
/// </summary>
internal sealed class KillCheck : ICheck
{
    private const int KillsPerFile = 8;
    private const int MostMillisecondsOfWriting = 1_000;

    // The clock of each process is ahead of the clock of the process before. So the builds of the process before are old enough to be
    // removed, and its own are not, even if one of its threads stands still for a long time.
    private static readonly TimeSpan BetweenProcesses = TimeSpan.FromHours(1);
    private static readonly TimeSpan AgeOfRemoved = BetweenProcesses / 2;

    public string Name => "kill";

    public string Description => "Kills a process that writes to a SQLite file, and examines what is stored. A round is a kill.";

    public async Task Run(CheckRun run)
    {
        bool goesOn = run.Begin(out int round);
        while (goesOn)
        {
            using var folder = new TempFolder();
            var settled = new Dictionary<string, ProjectState>();
            for (int kill = 0; kill < KillsPerFile && goesOn; kill++)
            {
                Random random = run.Random(round);
                TimeSpan clockAhead = kill * BetweenProcesses;
                List<string> journal = await WriteAndKill(folder.Database, $"k{round}", random, clockAhead);
                run.Count("kills");
                if (journal.Count == 0)
                    run.Count("kills before the store was open");
                try
                {
                    settled = await Examine(run, folder, journal, settled, recovers: random.Next(2) == 0, clockAhead);
                }
                catch (ViolationException violation)
                {
                    throw run.Violation($"Round {round}: {violation.Message}");
                }

                goesOn = run.Begin(out round);
            }
        }
    }

    private static async Task<List<string>> WriteAndKill(string file, string prefix, Random random, TimeSpan clockAhead)
    {
        using var process = new Process
        {
            StartInfo = WriterProcess.CreateStart("--sqlite", file, prefix, random.Next(), "--clock-ahead", $"{clockAhead}", "--age-of-removed", $"{AgeOfRemoved}"),
        };
        process.Start();
        try
        {
            // Every eighth process may die while it opens the store.
            if (random.Next(8) > 0 && await process.StandardOutput.ReadLineAsync() is null)
                throw new ViolationException($"The process ended by itself: {await process.StandardError.ReadToEndAsync()}");

            // It would stand still if nobody read what it prints.
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            await Task.Delay(random.Next(MostMillisecondsOfWriting));
            process.Kill();
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (errors.Length > 0)
                throw new ViolationException($"The process failed before it was killed: {errors}");

            // The last line may have been cut off.
            return [.. (await output).Split('\n')[..^1].Where(line => line != WriterProcess.Opened)];
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Examines the file after a kill.</summary>
    /// <returns>What is stored of each project.</returns>
    private static async Task<Dictionary<string, ProjectState>> Examine(
        CheckRun run, TempFolder folder, List<string> journal, Dictionary<string, ProjectState> settled, bool recovers, TimeSpan clockAhead)
    {
        Dictionary<string, List<Call>> calls = JournalReader.Read(journal.Where(line => !line.StartsWith(LogWriterLane.Flushed, StringComparison.Ordinal)));
        await using (Master master = await Master.Open(options =>
        {
            options.UseSqlite(folder.ConnectionString).KeepEvents(TimeSpan.FromDays(1));
            options.MaxResults = int.MaxValue;
            options.TimeProvider = new SteadyTime(clockAhead);
        }))
        {
            Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(master.Data);
            Compare(run, calls, settled, stored);
            await LogWriterLane.Examine(master.Data, journal.Where(line => line.StartsWith(LogWriterLane.Flushed, StringComparison.Ordinal)));
            if (recovers)
            {
                await master.Data.Updates.RecoverInterrupted();
                stored = CompareRecovered(stored, await StoreReader.ReadAll(master.Data), master.Id!.Value);
            }

            if (await EventExamination.FindDifference(master) is { } difference)
                throw new ViolationException($"Events and tables differ.\n{difference}");
            settled = stored;
            settled.Remove(EventExamination.Reason);
            settled.Remove(LogWriterLane.ProjectName);
        }

        return await IntegrityCheck.FindFault(folder.Database) is { } fault ? throw new ViolationException(fault) : settled;
    }

    private static void Compare(CheckRun run, Dictionary<string, List<Call>> calls, Dictionary<string, ProjectState> settled, Dictionary<string, ProjectState> stored)
    {
        foreach ((string project, List<Call> own) in calls)
        {
            string? violation = Linearization.FindViolation(own, new ProjectState(project), stored.GetValueOrDefault(project) ?? new ProjectState(project));
            if (violation is not null)
                throw new ViolationException($"The project {project} is not what its calls make it.\n{violation}");
            run.Count("calls that ended", own.Count(call => !call.IsUncertain));
            run.Count("calls that were cut off", own.Count(call => call.IsUncertain));
        }

        foreach ((string project, ProjectState before) in settled)
        {
            if (SettledProject.FindDifference(before, stored.GetValueOrDefault(project) ?? new ProjectState(project)) is { } difference)
                throw new ViolationException($"The project {project} of an earlier process has changed.\n{difference}");
        }

        if (stored.Keys.Except(calls.Keys).Except(settled.Keys).FirstOrDefault(name => name is not (EventExamination.Reason or LogWriterLane.ProjectName)) is { } unknown)
            throw new ViolationException($"Nobody has written the project {unknown}.");
    }

    private static Dictionary<string, ProjectState> CompareRecovered(Dictionary<string, ProjectState> before, Dictionary<string, ProjectState> after, long masterId)
    {
        foreach ((string project, ProjectState state) in before)
        {
            if (StateComparison.FindDifference(ProjectModel.Recover(state, masterId), after[project]) is { } difference)
                throw new ViolationException($"The recovery has not done with the project {project} what it should.\n{difference}");
        }

        return after;
    }
}
