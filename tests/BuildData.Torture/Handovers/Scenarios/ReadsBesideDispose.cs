namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>Reads on the connections of the pool run beside updates and the disposal. Each read returns a whole state, or is refused.</summary>
internal sealed class ReadsBesideDispose : IScenario
{
    public string Name => "reads";

    public async Task Run(ScenarioRun run)
    {
        string database = run.NewDatabase();
        Master master = await Master.Open(database);
        int committed = 0;
        List<Task> running = [run.Start(Write), run.Start(async () => await master.DisposeAsync())];
        for (int i = 0; i < 4; i++)
            running.Add(run.Start(Read));
        await Task.WhenAll(running);

        // The file can be opened again, so no connection is left that has it open for writing.
        await using Master next = await Master.Open(database);
        ScenarioRun.Require((await next.Data.GetAll<Builder>("/builders")).Count == 2 * committed, "An update that completed is not stored.");

        async Task Write()
        {
            for (int i = 0; i < 2; i++)
            {
                string name = $"{i}";
                if (await Outcomes.IsAccepted(master.Data.Updates.Transaction(async u =>
                {
                    await u.FindBuilderId(name + "a");
                    await u.FindBuilderId(name + "b");
                })))
                    committed++;
            }
        }

        async Task Read()
        {
            int last = 0;
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    int before = committed;
                    int count = (await master.Data.GetAll<Builder>("/builders")).Count;
                    ScenarioRun.Require(count % 2 == 0 && count >= last && count >= 2 * before, "A read returned half a transaction, or an older state than an earlier read.");
                    last = count;
                }
                catch (ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
