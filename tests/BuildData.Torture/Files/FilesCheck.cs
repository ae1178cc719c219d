using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>Breaks the disk below a SQLite file, and lets other programs use the file, while callers write to it.</summary>
internal sealed class FilesCheck : ICheck
{
    private static readonly (string Name, Func<Random, FileTrouble> Create)[] Troubles =
    [
        ("disk", random => new FailingDisk(random)),
        ("neighbours", random => new Neighbours(random)),
        ("clock", random => new JumpingClock(random)),
    ];

    public string Name => "files";

    public string Description =>
        $"Bad disks, other programs and jumping clocks. A round is a file with some trouble: {string.Join(", ", Troubles.Select(trouble => trouble.Name))} (--only).";

    public async Task Run(CheckRun run)
    {
        (string Name, Func<Random, FileTrouble> Create)[] chosen = [.. Troubles.Where(trouble => run.Settings.Only is null || run.Settings.Only == trouble.Name)];
        if (chosen.Length == 0)
            throw new ArgumentException($"There is no part '{run.Settings.Only}'. The parts are {string.Join(", ", Troubles.Select(trouble => trouble.Name))}.");
        while (run.Begin(out int round))
        {
            Random random = run.Random(round);
            (string name, Func<Random, FileTrouble> create) = chosen[round % chosen.Length];
            try
            {
                await new FileRound(run, random, create(random)).Run();
            }
            catch (ViolationException violation)
            {
                throw run.Violation($"Round {round} ({name}): {violation.Message}");
            }

            run.Count($"rounds of {name}");
        }
    }
}
