using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Instrumented;

/// <summary>The process in which a target runs with coverage. <see cref="InstrumentedProcess"/> starts it.</summary>
internal static class FuzzProcess
{
    /// <summary>The name of its command.</summary>
    public const string Name = "fuzz-process";

    private static readonly TimeSpan ReportTime = TimeSpan.FromMinutes(1);

    private static readonly Argument<string> Target = new("target");
    private static readonly Option<int> Seed = new("--seed");
    private static readonly Option<TimeSpan> Duration = new("--duration");
    private static readonly Option<string> Result = new("--result") { Required = true };
    private static readonly Option<string> Input = new("--input") { Required = true };
    private static readonly Option<string?> CorpusFile = new("--corpus");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Command(Name) { Target, Seed, Duration, Result, Input, CorpusFile };
        command.Hidden = true;
        command.SetAction(async (options, _) => await Run(
            options.GetValue(Target)!, options.GetValue(Seed), options.GetValue(Duration), options.GetValue(Result)!, options.GetValue(Input)!, options.GetValue(CorpusFile)));
        return command;
    }

    private static async Task Run(string name, int seed, TimeSpan duration, string resultFile, string inputFile, string? corpusFile)
    {
        var coverage = new CoverageMap();
        await using IFuzzTarget target = FuzzTargets.Create(name);
        await target.Open();
        using var current = new CurrentInput(inputFile);
        var runner = new InputRunner(target, current, Console.WriteLine);
        var loop = new FuzzLoop(name, target, new Random(seed), runner, coverage);

        var clock = Stopwatch.StartNew();
        TimeSpan nextReport = ReportTime;
        await loop.RunKnown();
        Report();
        await loop.RunChanged(() =>
        {
            if (clock.Elapsed > nextReport)
            {
                nextReport += ReportTime;
                Report();
            }

            return clock.Elapsed < duration;
        });

        Report();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The slowest input took {runner.Slowest.TotalMilliseconds:F0} ms: {InputText.Format(runner.SlowestInput)}"));
        if (corpusFile is not null && !runner.IsStuck)
            Corpus.Write(corpusFile, name, await loop.Reduce());
        await File.WriteAllTextAsync(resultFile, JsonSerializer.Serialize(FuzzResult.Of(loop, runner, coverage)));
        if (runner.IsStuck)
            Environment.Exit(1);

        void Report() => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{clock.Elapsed:hh\\:mm\\:ss} {name}: {loop.Executions} executions, {coverage.Edges} edges, {loop.Paths} paths, {runner.Faults.Count} kinds of faults"));
    }
}
