using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Breaks the disk below a SQLite file, and lets other programs use the file, while callers write.</summary>
internal sealed class FilesCheck : ICheck
{
    private const string Handles = "handles";

    private static readonly (string Name, Func<CheckRun, Random, FileTrouble> Create)[] Troubles =
    [
        ("disk", (_, random) => new FailingDisk(random)),
        ("neighbours", (_, random) => new Neighbours(random)),
        ("clock", (_, random) => new JumpingClock(random)),
        ("medium", (run, random) => new ReadOnlyMedium(run, random)),
        (Handles, (_, random) => new ExhaustedHandles(random)),
    ];

    public string Name => "files";

    public string Description =>
        $"Bad disks, other programs, jumping clocks, read-only media and a lack of file handles. A round is a file with some trouble: {string.Join(", ", Troubles.Select(trouble => trouble.Name))} (--only).";

    public async Task Run(CheckRun run)
    {
        if (run.Settings.Only == ExhaustedHandles.LimitedPart)
        {
            await RunLimited(run);
            return;
        }

        (string Name, Func<CheckRun, Random, FileTrouble> Create)[] chosen = [.. Troubles.Where(trouble => run.Settings.Only is null || run.Settings.Only == trouble.Name)];
        if (chosen.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are {string.Join(", ", Troubles.Select(trouble => trouble.Name))}.");
        while (run.Begin(out int round))
        {
            Random random = run.Random(round);
            (string name, Func<CheckRun, Random, FileTrouble> create) = chosen[round % chosen.Length];
            try
            {
                if (name == Handles)
                    await ExhaustedHandles.RunLimited(run, random.Next());
                else
                    await new FileRound(run, random, create(run, random)).Run();
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({name}): {violation.Message}");
            }

            run.Count($"rounds of {name}");
        }
    }

    /// <summary>Runs in a process with a low limit. The first round takes no handles: what is loaded and compiled in it needs none later.</summary>
    private static async Task RunLimited(CheckRun run)
    {
        while (run.Begin(out int round))
        {
            Random random = run.Random(round);
            await new FileRound(run, random, round == 0 ? new JumpingClock(random) : new ExhaustedHandles(random)).Run();
        }
    }
}
