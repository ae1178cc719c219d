namespace BuildData.Benchmarks;

/// <summary>e1: how many events a second reach 1, 100 and 1,000 subscribers of one build's steps, each of which gets them all.</summary>
internal static class EventHeats
{
    private const int Burst = 200;

    public static async Task<Heat> Delivery(RaceOptions options)
    {
        if (!options.Work.Contains("e1"))
            return Heat.None;

        Database database = await Database.Make(1);
        Master master = await Master.Open(o =>
        {
            o.UseSqlite(database.ConnectionString);
            o.Durability = Durability.Normal;
        });
        NewStepResult step = await master.Data.Updates.NewStep(1, "compile");
        Lane For(int subscribers) => new(
            $"e1 delivery of events, {subscribers} subscribers", "BuildData", 1, (_, goOn) => Deliver(master.Data, step.StepId, subscribers, goOn));
        return new Heat([For(1), For(100), For(1_000)], master, database);
    }

    private static async Task<long> Deliver(DataApi data, long stepId, int subscribers, Func<bool> goOn)
    {
        long delivered = 0;
        Subscription[] subscriptions = [.. Enumerable.Range(0, subscribers).Select(_ => data.Events.Subscribe("/builds/1/steps/*"))];
        Task[] readers = [.. subscriptions.Select(async subscription =>
        {
            await foreach (DataEvent _ in subscription)
                Interlocked.Increment(ref delivered);
        })];

        long announced = 0;
        while (goOn())
        {
            for (int i = 0; i < Burst; i++)
                await data.Updates.SetStepStateString(stepId, "compiling");
            announced += Burst;

            // Delivered is what has been read, so nobody is ahead of the readers for long.
            while (Interlocked.Read(ref delivered) < announced * subscribers)
                await Task.Yield();
        }

        foreach (Subscription subscription in subscriptions)
            await subscription.DisposeAsync();
        await Task.WhenAll(readers);
        return delivered;
    }
}
