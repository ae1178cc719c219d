namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Callers write one update after the other, and meet on the writer's fast path and in its queue. Each update completes once with its own
/// result, and a subscription receives each event once and in order.
/// </summary>
internal sealed class UpdatesSideBySide : IScenario
{
    private const int Callers = 3;
    private const int UpdatesEach = 3;

    public string Name => "updates";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(run.NewDatabase());
        Subscription events = master.Data.Events.Subscribe("/builders/*", "new");
        var ids = new long[Callers * UpdatesEach];
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => run.Start(async () =>
        {
            for (int i = 0; i < UpdatesEach; i++)
                ids[(caller * UpdatesEach) + i] = await master.Data.Updates.FindBuilderId($"{caller}-{i}");
        })));

        ScenarioRun.Require(ids.Distinct().Count() == ids.Length && !ids.Contains(0), "Two updates returned the same id.");
        ResourceList<Builder> stored = await master.Data.GetAll<Builder>("/builders");
        foreach (Builder builder in stored)
        {
            int[] place = [.. builder.Name.Split('-').Select(int.Parse)];
            ScenarioRun.Require(ids[(place[0] * UpdatesEach) + place[1]] == builder.BuilderId, $"The update of {builder.Name} returned the id of another builder.");
        }

        ScenarioRun.Require(stored.Count == ids.Length, $"{stored.Count} builders are stored instead of {ids.Length}.");
        IReadOnlyList<DataEvent> announced = events.ReadAvailable();
        ScenarioRun.Require(announced.Select(e => ((Builder)e.Resource).BuilderId).ToHashSet().SetEquals(ids), "Not every update was announced when it completed.");
        ScenarioRun.Require(announced.Count == ids.Length, "An update was announced twice.");
        ScenarioRun.Require(announced.Zip(announced.Skip(1)).All(pair => pair.First.Sequence < pair.Second.Sequence), "Events are not in order.");
        await events.DisposeAsync();
    }
}
