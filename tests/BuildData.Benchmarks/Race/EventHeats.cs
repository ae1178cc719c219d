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
        AddedStep step = await master.Data.Updates.NewStep(1, "compile");
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

    /// <summary>e2: what followers cost the writers: one that has stopped reading, and a thousand, each with a build of its own.</summary>
    public static async Task<Heat> Followers(RaceOptions options)
    {
        if (!options.Work.Contains("e2"))
            return Heat.None;

        const string Work = "e2 step life cycle beside followers, updates, synchronous=NORMAL";
        const int Callers = 64;
        Database database = await Database.Make(2_000_000);
        Master master = await Master.Open(o =>
        {
            o.UseSqlite(database.ConnectionString);
            o.Durability = Durability.Normal;
        });
        var steps = new OwnSteps(master.Data.Updates);
        Lane Beside(string followers, Func<List<Subscription>> follow)
        {
            // Those of the lane's first caller are there for the length of its turn, which is everybody's.
            return new Lane(Work, followers, Callers, async (caller, goOn) =>
            {
                List<Subscription> subscriptions = caller == 0 ? follow() : [];
                Task[] readers = [.. subscriptions.Skip(1).Select(Read)];
                long done = await steps.Run(database.NextBuild, goOn);
                foreach (Subscription subscription in subscriptions)
                    await subscription.DisposeAsync();
                await Task.WhenAll(readers);
                return done;
            });
        }

        // The first of each list is never read.
        return new Heat(
            [
                Beside("nobody follows", () => []),
                Beside("one has stopped reading", () => [master.Data.Events.Subscribe("/steps/*")]),
                Beside("1,000 follow a build each", () =>
                    [.. Enumerable.Range(0, 1_001).Select(i => master.Data.Events.Subscribe($"/builds/{database.LastBuild + i}/steps/*"))]),
            ],
            master, database);
    }

    private static async Task Read(Subscription subscription)
    {
        await foreach (DataEvent _ in subscription)
            continue;
    }
}
