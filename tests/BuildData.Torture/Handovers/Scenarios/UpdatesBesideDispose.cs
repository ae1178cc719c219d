namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// The master is disposed while callers write. Each update succeeds or is refused, exactly the successful ones are stored and announced, and
/// the subscription ends.
/// </summary>
internal sealed class UpdatesBesideDispose : IScenario
{
    private const int Callers = 3;
    private const int UpdatesEach = 2;

    public string Name => "dispose";

    public async Task Run(ScenarioRun run)
    {
        string database = run.NewDatabase();
        Master master = await Master.Open(database);
        Subscription events = master.Data.Events.Subscribe("/builders/*", "new");
        var announced = new List<string>();
        var succeeded = new HashSet<string>();
        Task reading = run.Start(async () =>
        {
            await foreach (DataEvent e in events)
                announced.Add(((Builder)e.Resource).Name);
        });
        List<Task> running = [reading];
        for (int caller = 0; caller < Callers; caller++)
        {
            string name = $"{caller}";
            running.Add(run.Start(async () =>
            {
                for (int i = 0; i < UpdatesEach; i++)
                {
                    if (await Outcomes.IsAccepted(master.Data.Updates.FindBuilderId($"{name}-{i}")))
                        succeeded.Add($"{name}-{i}");
                }
            }));
        }

        for (int i = 0; i <= run.Choose(2); i++)
            running.Add(run.Start(async () => await master.DisposeAsync()));
        await Task.WhenAll(running);

        await using Master next = await Master.Open(database);
        ResourceList<Builder> stored = await next.Data.GetAll<Builder>("/builders");
        ScenarioRun.Require(succeeded.SetEquals(stored.Select(builder => builder.Name)), "A refused update is stored, or a successful one is not.");
        ScenarioRun.Require(succeeded.SetEquals(announced) && announced.Count == succeeded.Count, "The events do not agree with the successful updates.");
    }
}
