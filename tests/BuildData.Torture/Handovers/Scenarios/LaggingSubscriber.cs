namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// A subscription with a small buffer is read while updates are published, and sometimes disposed. It returns the first events without a gap,
/// and then all of them, or the end, or the error that names the last event.
/// </summary>
internal sealed class LaggingSubscriber : IScenario
{
    private const int Updates = 6;

    public string Name => "lag";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(run.NewDatabase());
            options.SubscriberBuffer = 2;
        });
        long before = master.Data.Events.LastSequence;
        Subscription events = master.Data.Events.Subscribe("/builders/*", "new");
        bool isDisposed = run.Choose(2) == 0;
        var received = new List<long>();
        SubscriberLaggedException? lagged = null;
        List<Task> running =
        [
            run.Start(async () =>
            {
                try
                {
                    await foreach (DataEvent e in events)
                    {
                        received.Add(e.Sequence);
                        if (received.Count == Updates)
                            break;
                    }
                }
                catch (SubscriberLaggedException error)
                {
                    lagged = error;
                }
            }),
            run.Start(() => Write(master, "a")),
            run.Start(() => Write(master, "b")),
        ];
        if (isDisposed)
            running.Add(run.Start(async () => await events.DisposeAsync()));
        await Task.WhenAll(running);

        ScenarioRun.Require(received.SequenceEqual(Enumerable.Range(0, received.Count).Select(i => before + 1 + i)), "The events have a gap or are not in order.");
        ScenarioRun.Require(isDisposed || lagged is not null || received.Count == Updates, "The subscription ended early without an error.");
        ScenarioRun.Require(lagged is null || lagged.LastSequence == before + received.Count, "The error names another event than the last one that was delivered.");
    }

    private static async Task Write(Master master, string name)
    {
        for (int i = 0; i < Updates / 2; i++)
            await master.Data.Updates.FindBuilderId($"{name}{i}");
    }
}
