using BuildData.Torture.Handovers;

namespace BuildData.Torture.Tests.Handovers.Scenarios;

/// <summary>Two tasks count without a lock around the whole operation.</summary>
internal sealed class LostUpdate : IScenario
{
    private int _count;

    public string Name => "lost-update";

    public async Task Run(ScenarioRun run)
    {
        await Task.WhenAll(run.StartBlocking(Count), run.StartBlocking(Count));
        ScenarioRun.Require(_count == 2, $"The count is {_count}.");
    }

    private void Count()
    {
        int count = Volatile.Read(ref _count);
        Volatile.Write(ref _count, count + 1);
    }
}
