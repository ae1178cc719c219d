using System.CommandLine;
using System.Diagnostics;
using BuildData.Torture.Load;
using BuildData.Torture.Running;

namespace BuildData.Torture.Kill;

/// <summary>
/// A process that writes to a store until it is killed: callers that use all kinds of updates, writers of logs, and removals of old
/// builds. It prints a line before and after each call.
/// </summary>
internal static class WriterProcess
{
    public const string CommandName = "write-until-killed";

    /// <summary>What the process prints when it has opened the store.</summary>
    public const string Opened = "opened";

    private const int LogWriters = 4;

    private static readonly Option<string> Sqlite = new("--sqlite");
    private static readonly Option<string> PostgreSql = new("--postgresql");
    private static readonly Option<string> MasterName = new("--master") { DefaultValueFactory = _ => "master" };
    private static readonly Option<string> Prefix = new("--prefix") { Required = true };
    private static readonly Option<int> Projects = new("--projects") { DefaultValueFactory = _ => 16 };
    private static readonly Option<int> CallersOfEach = new("--callers") { DefaultValueFactory = _ => 4 };
    private static readonly Option<int> Seed = new("--seed") { Required = true };
    private static readonly Option<TimeSpan> ClockAhead = new("--clock-ahead");
    private static readonly Option<TimeSpan> AgeOfRemoved = new("--age-of-removed") { DefaultValueFactory = _ => TimeSpan.FromMilliseconds(50) };

    /// <summary>Creates the command that is such a process.</summary>
    public static Command CreateCommand()
    {
        var command = new Command(CommandName, "Writes until it is killed. The checks start it.") { Sqlite, PostgreSql, MasterName, Prefix, Projects, CallersOfEach, Seed, ClockAhead, AgeOfRemoved };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            await using Master master = await Master.Open(options => Configure(options, result), cancellationToken);
            var journal = new Journal(Console.OpenStandardOutput());
            journal.Write(Opened);
            await Write(
                master, journal, result.GetValue(Seed),
                [.. Enumerable.Range(0, result.GetValue(Projects)).Select(i => $"{result.GetValue(Prefix)}p{i}")], result.GetValue(CallersOfEach), result.GetValue(AgeOfRemoved));
        });
        return command;
    }

    /// <summary>Returns what starts such a process.</summary>
    public static ProcessStartInfo CreateStart(string store, string value, string prefix, int seed, params IEnumerable<string> more) =>
        new("dotnet", [typeof(WriterProcess).Assembly.Location, CommandName, store, value, "--prefix", prefix, "--seed", $"{seed}", .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    private static void Configure(BuildDataOptions options, ParseResult result)
    {
        if (result.GetValue(Sqlite) is { } file)
            options.UseSqlite($"Data Source={file}", sqlite => sqlite.LogSizeLimit = 1024 * 1024);
        else
            options.UsePostgreSql(result.GetValue(PostgreSql)!);
        options.MasterName = result.GetValue(MasterName)!;
        options.KeepEvents(TimeSpan.FromDays(1));
        options.TimeProvider = new SteadyTime(result.GetValue(ClockAhead));
    }

    private static async Task Write(Master master, Journal journal, int seed, string[] projects, int callersOfEach, TimeSpan ageOfRemoved)
    {
        // The seeds of the callers come from one sequence, so that the seed of the process determines them all.
        var seeds = new Random(seed);
        List<Task> running = [Task.Run(() => RemoveOldBuilds(master, ageOfRemoved))];
        foreach (string project in projects)
        {
            (var known, var recorder) = (new Known(project), journal.For(project));
            for (int i = 0; i < callersOfEach; i++)
            {
                var random = new Random(seeds.Next());
                running.Add(Task.Run(async () =>
                {
                    var caller = new ProjectCaller(master, known, recorder);
                    while (true)
                        await caller.Call(random);
                }));
            }
        }

        for (int i = 0; i < LogWriters; i++)
        {
            var random = new Random(seeds.Next());
            running.Add(Task.Run(() => LogWriterLane.Write(master, journal, random)));
        }

        await await Task.WhenAny(running);
    }

    private static async Task RemoveOldBuilds(Master master, TimeSpan age)
    {
        while (true)
            await master.Data.Updates.Prune(new HistoryPolicy(age, atLeastPerBuilder: 1));
    }
}
