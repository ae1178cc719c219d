using System.CommandLine;

namespace BuildData.Torture.Running;

/// <summary>The commands: one for each check, and those that the checks start as processes of their own.</summary>
internal static class CommandLine
{
    private static readonly Option<int?> Seed = new("--seed") { Description = "The number that all random choices come from. The default is another one each time." };
    private static readonly Option<long?> Rounds = new("--rounds") { Description = "How many rounds to run." };
    private static readonly Option<TimeSpan?> Duration = new("--duration") { Description = "When to stop, for example 01:30:00. The default is 10 minutes if there is no number of rounds." };
    private static readonly Option<string?> Only = new("--only") { Description = "Which part of the check to run. The default is all." };

    /// <summary>Runs a command and returns its exit code.</summary>
    public static Task<int> Run(string[] args)
    {
        var root = new RootCommand("Attacks BuildData, and compares what is stored with a model of what was acknowledged.");
        foreach (ICheck check in Checks.All)
            root.Add(Create(check));
        foreach (Command command in Checks.Processes)
            root.Add(command);
        return root.Parse(args).InvokeAsync();
    }

    private static Command Create(ICheck check)
    {
        var command = new Command(check.Name, check.Description) { Seed, Rounds, Duration, Only };
        command.SetAction(async (result, _) =>
        {
            long? rounds = result.GetValue(Rounds);
            var run = new CheckRun(
                new CheckSettings
                {
                    Seed = result.GetValue(Seed) ?? Environment.TickCount,
                    Rounds = rounds,
                    Duration = result.GetValue(Duration) ?? (rounds is null ? TimeSpan.FromMinutes(10) : null),
                    Only = result.GetValue(Only),
                },
                Console.Out);
            return await Run(check, run);
        });
        return command;
    }

    private static async Task<int> Run(ICheck check, CheckRun run)
    {
        run.Print($"{check.Name}: seed {run.Settings.Seed}");
        string? violation = null;
        try
        {
            await check.Run(run);
        }
        catch (ViolationException error)
        {
            violation = error.Message;
        }

        foreach ((string name, long value) in run.Figures.OrderBy(figure => figure.Key, StringComparer.Ordinal))
            run.Print($"{name}: {value:N0}");
        run.Print($"time: {run.Elapsed:hh\\:mm\\:ss}");
        run.Print(violation is null ? "No violation." : $"VIOLATION. {violation}");
        return violation is null ? 0 : 1;
    }
}
