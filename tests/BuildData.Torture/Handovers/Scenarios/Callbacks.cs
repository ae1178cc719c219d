namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// A callback receives events, and is disposed from outside or by itself. It is called for each event once and in order, one call at a time,
/// and never after the disposal has returned.
/// </summary>
internal sealed class Callbacks : IScenario
{
    private const int Updates = 4;

    public string Name => "callbacks";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(run.NewDatabase());
        int end = run.Choose(3);
        int calls = 0, disposals = 0;
        bool isRunning = false, isDisposed = false;
        long last = 0;
        EventCallback? callback = null;
        callback = master.Data.Events.Subscribe("/builders/*", "new").Handle(async (e, stop) =>
        {
            ScenarioRun.Require(!isRunning && !isDisposed && e.Sequence > last, "A call overlaps another one, is out of order, or comes after the disposal.");
            (isRunning, last) = (true, e.Sequence);
            await Task.Yield();
            calls++;
            if (end == 1 && calls == 2)
                await callback!.DisposeAsync();
            isRunning = false;
        });
        List<Task> running = [run.Start(() => Write("a")), run.Start(() => Write("b"))];
        for (int i = 0; end == 2 && i < 2; i++)
        {
            running.Add(run.Start(async () =>
            {
                await callback.DisposeAsync();
                ScenarioRun.Require(!isRunning, "The disposal returned before the callback.");
                isDisposed = true;
                disposals++;
            }));
        }

        await Task.WhenAll(running);
        await master.DisposeAsync();
        await callback.Completion;
        await callback.DisposeAsync();
        ScenarioRun.Require(end != 0 || calls == Updates, "Not every event reached the callback.");
        ScenarioRun.Require(end != 1 || calls == 2, "The callback was called after it had disposed itself.");
        ScenarioRun.Require(end != 2 || disposals == 2, "A disposal did not return.");

        async Task Write(string name)
        {
            for (int i = 0; i < Updates / 2; i++)
                await master.Data.Updates.FindBuilderId($"{name}{i}");
        }
    }
}
