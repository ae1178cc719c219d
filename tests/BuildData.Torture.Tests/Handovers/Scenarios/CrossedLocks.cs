using BuildData.Torture.Handovers;

namespace BuildData.Torture.Tests.Handovers.Scenarios;

/// <summary>Two threads take two locks in opposite orders.</summary>
internal sealed class CrossedLocks : IScenario
{
    private readonly Lock _first = new();
    private readonly Lock _second = new();

    public string Name => "crossed-locks";

    public Task Run(ScenarioRun run) => Task.WhenAll(run.StartBlocking(() => Take(_first, _second)), run.StartBlocking(() => Take(_second, _first)));

    private static void Take(Lock outer, Lock inner)
    {
        lock (outer)
        {
            lock (inner)
                ScenarioRun.Point();
        }
    }
}
