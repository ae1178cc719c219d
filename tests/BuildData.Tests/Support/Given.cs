namespace BuildData.Tests;

/// <summary>What tests need to be there before they begin.</summary>
internal static class Given
{
    public static readonly SourceStampKey Main =
        new() { Repository = "https://example.org/app.git", Branch = "main", Revision = "9f3c1e" };

    /// <summary>For how long to wait for what comes at once, on the slowest machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The patterns of all that is announced.</summary>
    public static readonly string[] Everything = ["/buildsets/*", "/buildrequests/*", "/builds/*", "/builds/*/properties", "/steps/*", "/builders/*"];

    /// <summary>A buildset for a builder, and its request.</summary>
    public static async Task<(long BuildsetId, long RequestId, long BuilderId)> Request(
        this Updates updates, string builder = "linux", SourceStampKey? stamp = null, bool waitedFor = false)
    {
        long builderId = await updates.FindBuilderId(builder);
        AddedBuildset added = await updates.AddBuildset(
            sourceStamps: [stamp ?? Main], builderIds: [builderId], waitedFor: waitedFor);
        return (added.BuildsetId, added.BuildRequestIds[builderId], builderId);
    }

    /// <summary>A build that has begun.</summary>
    public static async Task<long> Build(this Updates updates, string builder = "linux")
    {
        (_, long request, long builderId) = await updates.Request(builder, new SourceStampKey { Revision = Guid.NewGuid().ToString() });
        long worker = await updates.FindWorkerId("worker-1");
        AddedBuild build = await updates.AddBuild(builderId, request, worker);
        return build.BuildId;
    }

    /// <summary>A step that is pending.</summary>
    public static async Task<long> Step(this Updates updates, string name = "compile")
    {
        AddedStep step = await updates.NewStep(await updates.Build(), name);
        return step.StepId;
    }

    /// <summary>Steps of one build that are pending.</summary>
    public static async Task<long[]> Steps(this Updates updates, int count, string builder = "linux")
    {
        long build = await updates.Build(builder);
        AddedStep[] steps = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => updates.NewStep(build, "s")));
        return [.. steps.Select(step => step.StepId)];
    }

    /// <summary>All events that were ever announced, in order, if all masters have kept them.</summary>
    public static async Task<List<DataEvent>> AllEvents(this Master master)
    {
        await using Subscription all = master.Data.Events.Subscribe(Everything, after: 0);
        return await all.UpToNow(master.Data.Updates);
    }

    /// <summary>The events of a subscription to everything that have been announced until now.</summary>
    public static async Task<List<DataEvent>> UpToNow(this Subscription subscription, Updates updates)
    {
        long last = (await updates.AddBuildset()).BuildsetId;
        return await subscription.UpTo(e => e.Resource is Buildset buildset && buildset.BuildsetId == last);
    }

    /// <summary>The next events of a subscription.</summary>
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

    /// <summary>The events of a subscription up to the one with a sequence number.</summary>
    public static Task<List<DataEvent>> UpTo(this Subscription subscription, long sequence) => subscription.UpTo(e => e.Sequence >= sequence);

    /// <summary>The events of a subscription up to one that is the last.</summary>
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

    /// <summary>The next changes of a watch.</summary>
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

    /// <summary>All changes until the watch ends.</summary>
    public static async Task<List<WatchChange<T>>> Rest<T>(this Watch<T> watch)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        var changes = new List<WatchChange<T>>();
        await foreach (WatchChange<T> change in watch.WithCancellation(patience.Token))
            changes.Add(change);
        return changes;
    }

    /// <summary>All events until the subscription ends.</summary>
    public static async Task<List<DataEvent>> Rest(this Subscription subscription)
    {
        using var patience = new CancellationTokenSource(Patience);
        var events = new List<DataEvent>();
        await foreach (DataEvent e in subscription.WithCancellation(patience.Token))
            events.Add(e);
        return events;
    }
}
