namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>Callers cancel updates that wait. Each update completes or is cancelled, and exactly the completed ones are stored.</summary>
internal sealed class CancelledUpdates : IScenario
{
    private const int Callers = 4;

    public string Name => "cancel";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(run.NewDatabase());
        var completed = new HashSet<string>();
        var running = new List<Task>();
        for (int caller = 0; caller < Callers; caller++)
        {
            string name = $"{caller}";
            var source = new CancellationTokenSource();
            running.Add(run.Start(async () =>
            {
                if (await Outcomes.IsNotCancelled(master.Data.Updates.FindBuilderId(name, source.Token)))
                    completed.Add(name);
            }));
            if (caller % 2 == 0)
                running.Add(run.StartBlocking(() => source.Cancel()));
        }

        await Task.WhenAll(running);
        ResourceList<Builder> stored = await master.Data.GetAll<Builder>("/builders");
        ScenarioRun.Require(completed.SetEquals(stored.Select(builder => builder.Name)), "A cancelled update is stored, or a completed one is not.");
        ScenarioRun.Require(completed.Contains("1") && completed.Contains("3"), "An update was cancelled by a token of another one.");
    }
}
