using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers;

/// <summary>A small concurrent program that uses a hand-over of the library, and checks its outcome.</summary>
internal interface IScenario
{
    /// <summary>Gets the name.</summary>
    string Name { get; }

    /// <summary>Gets what the scenario asks of its schedules.</summary>
    ScheduleSettings Settings => new(PoolThreads: int.MaxValue, TimeLimit: TimeSpan.FromSeconds(10), MayLeap: true);

    /// <summary>Runs the program once. Its task must complete in every schedule, and must then have ended everything that it began.</summary>
    /// <exception cref="ScenarioFailedException">The outcome is not the expected one.</exception>
    Task Run(ScenarioRun run);
}
