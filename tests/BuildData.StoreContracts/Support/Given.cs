namespace BuildData.StoreContracts;

/// <summary>Adds what tests need before they act, and reads events.</summary>
public static class Given
{
    /// <summary>A source stamp of the main branch.</summary>
    public static readonly SourceStampKey Main =
        new() { Repository = "https://example.org/app.git", Branch = "main", Revision = "9f3c1e" };

    /// <summary>How long tests wait for something that normally comes at once: enough for the slowest machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The patterns that match every event.</summary>
    public static readonly string[] Everything = ["/buildsets/*", "/buildrequests/*", "/builds/*", "/builds/*/properties", "/steps/*", "/builders/*"];

    /// <summary>Adds a buildset for a builder, and returns it with its request.</summary>
    public static async Task<(long BuildsetId, long RequestId, long BuilderId)> Request(
        this Updates updates, string builder = "linux", SourceStampKey? stamp = null, bool waitedFor = false)
    {
        long builderId = await updates.FindBuilderId(builder);
        AddedBuildset added = await updates.AddBuildset(
            sourceStamps: [stamp ?? Main], builderIds: [builderId], waitedFor: waitedFor);
        return (added.BuildsetId, added.BuildRequestIds[builderId], builderId);
    }

    /// <summary>Adds a build, and returns its id.</summary>
    public static async Task<long> Build(this Updates updates, string builder = "linux")
    {
        (_, long request, long builderId) = await updates.Request(builder, new SourceStampKey { Revision = Guid.NewGuid().ToString() });
        long worker = await updates.FindWorkerId("worker-1");
        AddedBuild build = await updates.AddBuild(builderId, request, worker);
        return build.BuildId;
    }

    /// <summary>Adds a step, and returns its id.</summary>
    public static async Task<long> Step(this Updates updates, string name = "compile")
    {
        AddedStep step = await updates.NewStep(await updates.Build(), name);
        return step.StepId;
    }

    /// <summary>Adds steps to a new build, and returns their ids.</summary>
    public static async Task<long[]> Steps(this Updates updates, int count, string builder = "linux")
    {
        long build = await updates.Build(builder);
        AddedStep[] steps = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => updates.NewStep(build, "s")));
        return [.. steps.Select(step => step.StepId)];
    }

    /// <summary>Makes changes that only watches receive: configures the worker of <see cref="Build"/> for its builder, and deconfigures it.</summary>
    public static async Task EventsForWatches(this Updates updates, int count = 1)
    {
        long worker = await updates.FindWorkerId("worker-1");
        long builder = await updates.FindBuilderId("linux");
        for (int i = 0; i < count; i++)
            await updates.WorkerConfigured(worker, i % 2 == 0 ? [builder] : []);
    }

    /// <summary>Returns all events from the first on, in order, if all masters have kept them.</summary>
    public static async Task<List<DataEvent>> AllEvents(this Master master)
    {
        await using Subscription all = master.Data.Events.Subscribe(Everything, after: 0);
        return await all.UpToNow(master.Data.Updates);
    }

    /// <summary>Returns the events that a subscription to everything has got until now.</summary>
    public static async Task<List<DataEvent>> UpToNow(this Subscription subscription, Updates updates)
    {
        long last = (await updates.AddBuildset()).BuildsetId;
        return await subscription.UpTo(e => e.Resource is Buildset buildset && buildset.BuildsetId == last);
    }

    /// <summary>Returns the next events of a subscription.</summary>
    public static async Task<List<DataEvent>> Next(this Subscription subscription, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var events = new List<DataEvent>();
        await foreach (DataEvent e in subscription.WithCancellation(patience.Token))
        {
            events.Add(e);
            if (events.Count == count)
                break;
        }

        return events;
    }

    /// <summary>Returns the events of a subscription up to the one with a sequence number.</summary>
    public static Task<List<DataEvent>> UpTo(this Subscription subscription, long sequence) => subscription.UpTo(e => e.Sequence >= sequence);

    /// <summary>Returns the events of a subscription up to the first that meets a condition.</summary>
    public static async Task<List<DataEvent>> UpTo(this Subscription subscription, Func<DataEvent, bool> isLast)
    {
        using var patience = new CancellationTokenSource(Patience);
        var events = new List<DataEvent>();
        await foreach (DataEvent e in subscription.WithCancellation(patience.Token))
        {
            events.Add(e);
            if (isLast(e))
                break;
        }

        return events;
    }

    /// <summary>Returns the next changes of a watch.</summary>
    public static async Task<List<WatchChange<T>>> Next<T>(this Watch<T> watch, int count)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        var changes = new List<WatchChange<T>>();
        await foreach (WatchChange<T> change in watch.WithCancellation(patience.Token))
        {
            changes.Add(change);
            if (changes.Count == count)
                break;
        }

        return changes;
    }

    /// <summary>Returns all changes until the watch ends.</summary>
    public static async Task<List<WatchChange<T>>> Rest<T>(this Watch<T> watch)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        var changes = new List<WatchChange<T>>();
        await foreach (WatchChange<T> change in watch.WithCancellation(patience.Token))
            changes.Add(change);
        return changes;
    }

    /// <summary>Returns all events until the subscription ends.</summary>
    public static async Task<List<DataEvent>> Rest(this Subscription subscription)
    {
        using var patience = new CancellationTokenSource(Patience);
        var events = new List<DataEvent>();
        await foreach (DataEvent e in subscription.WithCancellation(patience.Token))
            events.Add(e);
        return events;
    }
}
