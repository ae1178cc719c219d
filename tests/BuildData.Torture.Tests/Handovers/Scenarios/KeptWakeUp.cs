using BuildData.Torture.Handovers;

namespace BuildData.Torture.Tests.Handovers.Scenarios;

/// <summary>Two callers use the same queue without its fault.</summary>
internal sealed class KeptWakeUp : IScenario
{
    public string Name => "kept-wake-up";

    public Task Run(ScenarioRun run) => LostWakeUp.Use(run, new FaultyQueue(looksAgain: true));
}
