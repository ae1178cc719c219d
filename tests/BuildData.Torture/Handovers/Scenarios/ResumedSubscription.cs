namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// A subscription resumes after an earlier event while updates continue, and sometimes while the master is disposed. It returns each later
/// event once and in order. After a disposal, it returns the first of them, and ends without an error.
/// </summary>
internal sealed class ResumedSubscription : IScenario
{
    private const int Earlier = 3;
    private const int Later = 4;

    public string Name => "resume";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(run.NewDatabase()).KeepEvents(TimeSpan.FromDays(1));
            options.SubscriberBuffer = 16;
        });
        long before = master.Data.Events.LastSequence;
        for (int i = 0; i < Earlier; i++)
            await master.Data.Updates.FindBuilderId($"earlier{i}");

        bool isDisposed = run.Choose(3) == 0;
        int written = 0;
        List<long>[] received = [[], []];
        List<Task> running =
        [
            run.Start(() => Follow(received[0])),
            run.Start(() => Follow(received[1])),
            run.Start(() => Write("a")),
            run.Start(() => Write("b")),
        ];
        if (isDisposed)
            running.Add(run.Start(async () => await master.DisposeAsync()));
        await Task.WhenAll(running);

        foreach (List<long> sequences in received)
        {
            ScenarioRun.Require(sequences.SequenceEqual(Enumerable.Range(0, sequences.Count).Select(i => before + 2 + i)), "The events have a gap, a repetition, or are not in order.");
            ScenarioRun.Require(isDisposed || sequences.Count == Earlier - 1 + Later, "The subscription ended early.");
            ScenarioRun.Require(sequences.Count <= Earlier - 1 + written, "An event was announced whose update failed.");
        }

        async Task Follow(List<long> sequences)
        {
            try
            {
                await foreach (DataEvent e in master.Data.Events.Subscribe("/builders/*", new EventCursor(before + 1), "new"))
                {
                    sequences.Add(e.Sequence);
                    if (sequences.Count == Earlier - 1 + Later)
                        break;
                }
            }
            catch (ObjectDisposedException) when (isDisposed)
            {
                // The master was disposed before the subscription began.
                return;
            }
        }

        async Task Write(string name)
        {
            for (int i = 0; i < Later / 2; i++)
            {
                if (await Outcomes.IsAccepted(master.Data.Updates.FindBuilderId($"{name}{i}")))
                    written++;
            }
        }
    }
}
