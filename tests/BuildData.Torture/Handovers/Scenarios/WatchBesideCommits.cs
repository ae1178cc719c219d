namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Watches begin while builders are added, before, during and after commits. The initial result and the changes together contain each
/// builder exactly once.
/// </summary>
internal sealed class WatchBesideCommits : IScenario
{
    private const int Builders = 6;

    public string Name => "watch";

    public async Task Run(ScenarioRun run)
    {
        bool keepsEvents = run.Choose(2) == 0;
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(run.NewDatabase());
            if (keepsEvents)
                options.KeepEvents(TimeSpan.FromDays(1));
        });
        await Task.WhenAll(
            run.Start(() => Write("a")),
            run.Start(() => Write("b")),
            run.Start(Watch),
            run.Start(Watch),
            run.Start(Watch));

        async Task Write(string name)
        {
            for (int i = 0; i < Builders / 2; i++)
                await master.Data.Updates.FindBuilderId($"{name}{i}");
        }

        async Task Watch()
        {
            await using Watch<Builder> watch = await master.Data.Watch<Builder>("/builders");
            List<string> names = [.. watch.InitialResult.Select(builder => builder.Name)];
            if (names.Count < Builders)
            {
                await foreach (WatchChange<Builder> change in watch)
                {
                    ScenarioRun.Require(change.Kind == WatchChangeKind.Added, $"{change.Resource.Name} was in the initial result or was announced before.");
                    names.Add(change.Resource.Name);
                    if (names.Count == Builders)
                        break;
                }
            }

            ScenarioRun.Require(names.Distinct().Count() == Builders, "A watch returned a builder twice and another one never.");
        }
    }
}
