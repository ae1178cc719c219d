namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Callers use a master that is not open yet, while it is disposed. Each call succeeds or is refused, and afterwards the file is free.
/// </summary>
internal sealed class OpenBesideDispose : IScenario
{
    public string Name => "open";

    public async Task Run(ScenarioRun run)
    {
        string database = run.NewDatabase();
        var master = new Master(new BuildDataOptions().UseSqlite(database));
        var stored = new HashSet<string>();
        await Task.WhenAll(
            run.Start(() => Write("a")),
            run.Start(() => Write("b")),
            run.Start(() => Outcomes.IsAccepted(master.Data.GetAll<Builder>("/builders"))),
            run.Start(() => Outcomes.IsAccepted(master.Open())),
            run.Start(async () => await master.DisposeAsync()));

        await using Master next = await Master.Open(database);
        ResourceList<Builder> builders = await next.Data.GetAll<Builder>("/builders");
        ScenarioRun.Require(stored.SetEquals(builders.Select(builder => builder.Name)), "A refused update is stored, or a successful one is not.");

        async Task Write(string name)
        {
            if (await Outcomes.IsAccepted(master.Data.Updates.FindBuilderId(name)))
                stored.Add(name);
        }
    }
}
