using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Breaks the disk below a SQLite file, and lets other programs use and change the files, while callers write.</summary>
internal sealed class FilesCheck : ICheck
{
    private const string Handles = "handles";

    private static readonly (string Name, Func<CheckRun, Random, int, FileTrouble> Create)[] Troubles =
    [
        ("disk", (_, random, _) => new FailingDisk(random)),
        ("neighbours", (_, random, _) => new Neighbours(random)),
        ("clock", (_, random, _) => new JumpingClock(random)),
        ("medium", (run, random, _) => new ReadOnlyMedium(run, random)),
        ("changes", (run, random, number) => new ChangedFiles(run, random, number)),
        ("chunks", (run, random, _) => new ChangedChunks(run, random)),
        (Handles, (run, random, _) => new ExhaustedHandles(run, random)),
    ];

    public string Name => "files";

    public string Description =>
        $"Bad disks, other programs, jumping clocks, read-only media, changed files, changed files of logs and a lack of file handles. A round is a file with some trouble: {string.Join(", ", Troubles.Select(trouble => trouble.Name))} (--only).";

    public async Task Run(CheckRun run)
    {
        if (run.Settings.Only == ExhaustedHandles.LimitedPart)
        {
            await ExhaustedHandles.RunLimited(run);
            return;
        }

        (string Name, Func<CheckRun, Random, int, FileTrouble> Create)[] chosen = [.. Troubles.Where(trouble => run.Settings.Only is null || run.Settings.Only == trouble.Name)];
        if (chosen.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are {string.Join(", ", Troubles.Select(trouble => trouble.Name))}.");
        while (run.Begin(out int round))
        {
            Random random = run.Random(round);
            (string name, Func<CheckRun, Random, int, FileTrouble> create) = chosen[round % chosen.Length];
            try
            {
                if (name == Handles)
                    await ExhaustedHandles.RunProcess(run, random.Next());
                else
                    await new FileRound(run, random, create(run, random, round / chosen.Length)).Run();
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({name}): {violation.Message}");
            }

            run.Count($"rounds of {name}");
        }
    }
}
