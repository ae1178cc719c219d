using BuildData.Torture.Handovers;

namespace BuildData.Torture.Tests.Handovers.Scenarios;

/// <summary>Two callers use the queue that loses wake-ups.</summary>
internal sealed class LostWakeUp : IScenario
{
    public string Name => "lost-wake-up";

    public Task Run(ScenarioRun run) => Use(run, new FaultyQueue(looksAgain: false));

    public static async Task Use(ScenarioRun run, FaultyQueue queue)
    {
        await Task.WhenAll(run.Start(AddTwo), run.Start(AddTwo));
        queue.Close();

        async Task AddTwo()
        {
            await queue.Add();
            await queue.Add();
        }
    }
}
