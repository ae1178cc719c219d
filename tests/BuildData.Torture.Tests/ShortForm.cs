using BuildData.Torture.Running;

namespace BuildData.Torture.Tests;

/// <summary>Runs the short form of a check.</summary>
internal static class ShortForm
{
    /// <summary>Runs a check, prints its seed and figures, and returns the figures.</summary>
    /// <param name="check">The check.</param>
    /// <param name="rounds">How many rounds to run.</param>
    /// <param name="only">Which part to run; null for all.</param>
    public static async Task<IReadOnlyDictionary<string, long>> Run(ICheck check, long rounds, string? only = null)
    {
        var run = new CheckRun(new CheckSettings { Seed = Environment.TickCount, Rounds = rounds, Only = only }, TestContext.Out);
        run.Print($"{check.Name}: seed {run.Settings.Seed}");
        await check.Run(run);
        foreach ((string name, long value) in run.Figures)
            run.Print($"{name}: {value}");
        return run.Figures;
    }
}
