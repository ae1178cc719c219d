using System.Reflection;
using BuildData.Torture.Handovers.Control;
using BuildData.Torture.Handovers.Scenarios;

namespace BuildData.Torture.Handovers;

/// <summary>
/// Runs schedules of scenarios. It lives in the context of the rewritten assemblies, so its public members have only types of the runtime.
/// </summary>
internal sealed class ExplorationSession
{
    private readonly CarrierPool _carriers = new();
    private readonly Dictionary<Type, int> _lengths = [];
    private readonly ScenarioFiles _files = new();

    /// <summary>Runs one schedule.</summary>
    /// <param name="scenarios">The rewritten assembly with the scenario.</param>
    /// <param name="type">The full name of the scenario's type.</param>
    /// <param name="seed">The number that all choices of the schedule come from.</param>
    /// <param name="figures">Receives the steps, the switches, the threads, the most threads at a time, and the hash of the schedule.</param>
    /// <returns>The violation; null if there is none.</returns>
    public string? Run(Assembly scenarios, string type, int seed, long[] figures)
    {
        Type scenario = scenarios.GetType(type, throwOnError: true)!;
        if (_lengths.Count == 0 && CreateTemplate() is { } problem)
            return problem;

        if (!_lengths.TryGetValue(scenario, out int length))
        {
            // Creates what the library creates once in a process. Otherwise the first schedule could not be repeated.
            ScheduleResult first = Run(scenario, new PriorityStrategy(new Random(0), 1, changes: 0), new Random(0));
            if (first.Violation is not null)
                return first.Violation;
            ScheduleResult second = Run(scenario, new PriorityStrategy(new Random(1), 1, changes: 0), new Random(1));
            _lengths.Add(scenario, length = (int)second.Steps);
        }

        var random = new Random(seed);
        ScheduleResult result = Run(scenario, Strategy.Create(random, length), random);
        (figures[0], figures[1], figures[2], figures[3], figures[4]) = (result.Steps, result.Switches, result.Threads, result.MostThreads, (long)result.Hash);
        return result.Violation;
    }

    /// <summary>Deletes the files of the scenarios.</summary>
    public void Close() => _files.Delete();

    /// <summary>Creates the empty database of which the scenarios use copies. Returns the violation if there is one.</summary>
    private string? CreateTemplate()
    {
        string file = _files.Create();
        var explorer = new Explorer(new ScheduleSettings(int.MaxValue, TimeSpan.FromSeconds(10), MayLeap: false), new PriorityStrategy(new Random(0), 1, changes: 0), new Random(0), _carriers);
        ScheduleResult result = explorer.Run(() => EmptyDatabase.Create(file));
        _files.SetTemplate(file);
        return result.Violation;
    }

    private ScheduleResult Run(Type type, Strategy strategy, Random random)
    {
        var scenario = (IScenario)Activator.CreateInstance(type)!;
        var explorer = new Explorer(scenario.Settings, strategy, random, _carriers);
        using ScenarioRun run = new(explorer, random, _files);
        return explorer.Run(() => scenario.Run(run));
    }
}
