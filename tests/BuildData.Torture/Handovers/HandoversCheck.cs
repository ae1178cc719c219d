using System.Globalization;
using BuildData.Torture.Handovers.Scenarios;
using BuildData.Torture.Running;

namespace BuildData.Torture.Handovers;

/// <summary>
/// Explores the hand-overs between threads. One thread at a time runs, and the seed decides where another one continues. So a schedule can
/// be repeated, and a thread that waits for ever is found at once.
/// </summary>
internal sealed class HandoversCheck : ICheck
{
    public string Name => "handovers";

    public string Description =>
        "Explores the interleavings of threads: of the writer, completions, subscriptions, watches, reads and PostgreSQL's queue. A round is one schedule of each scenario. "
        + "Use --only for one scenario, or SCENARIO:SEED to repeat one schedule.";

    /// <summary>Gets the scenarios.</summary>
    public static IReadOnlyList<IScenario> Scenarios { get; } =
    [
        new UpdatesSideBySide(),
        new UpdatesBesideDispose(),
        new CancelledUpdates(),
        new HostTransactions(),
        new BlockedPool(),
        new LaggingSubscriber(),
        new ResumedSubscription(),
        new WatchBesideCommits(),
        new ReadsThroughGate(),
        new ReadsBesideDispose(),
        new LogSizeLimit(),
        new LogWriters(),
        new Callbacks(),
        new OpenBesideDispose(),
        new Signals(),
        new Batches(),
        new EventsOfMasters(),
        new LastPublicEvent(),
    ];

    public Task Run(CheckRun run)
    {
        using var exploration = new Exploration();
        run.Count("preemption points in the code", exploration.PointCount);
        string[] only = run.Settings.Only?.Split(':') ?? [];
        IScenario[] scenarios = [.. Scenarios.Where(scenario => only.Length == 0 || scenario.Name == only[0])];
        if (scenarios.Length == 0)
            throw new ArgumentException($"There is no scenario '{only[0]}'. The scenarios: {string.Join(", ", Scenarios.Select(scenario => scenario.Name))}.");

        if (only.Length == 2)
        {
            Run(run, exploration, scenarios[0], int.Parse(only[1], CultureInfo.InvariantCulture), []);
            return Task.CompletedTask;
        }

        var seen = scenarios.ToDictionary(scenario => scenario, _ => new HashSet<long>());
        while (run.Begin(out int round))
        {
            int seed = run.Random(round).Next();
            foreach (IScenario scenario in scenarios)
                Run(run, exploration, scenario, seed, seen[scenario]);
        }

        return Task.CompletedTask;
    }

    private static void Run(CheckRun run, Exploration exploration, IScenario scenario, int seed, HashSet<long> seen)
    {
        Exploration.Schedule schedule = exploration.Run(scenario, seed);
        if (schedule.Violation is { } violation)
            throw run.Violation($"{scenario.Name}: {violation}\nRepeat: handovers --only {scenario.Name}:{seed}");

        run.Count("schedules");
        run.Count($"{scenario.Name}: schedules");
        run.Count($"{scenario.Name}: steps", schedule.Steps);
        run.Count($"{scenario.Name}: switches", schedule.Switches);
        run.Max($"{scenario.Name}: most threads at a time", schedule.MostThreads);
        if (seen.Add(schedule.Hash))
            run.Count($"{scenario.Name}: different schedules");
    }
}
