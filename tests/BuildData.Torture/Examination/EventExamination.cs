namespace BuildData.Torture.Examination;

/// <summary>Compares the kept events of a store with its tables.</summary>
internal static class EventExamination
{
    /// <summary>The reason of the buildsets that an examination adds.</summary>
    public const string Reason = "examination";

    public static readonly string[] Everything =
        ["/buildsets/*", "/buildrequests/*?property=*", "/builds/*?property=*", "/builds/*/properties", "/steps/*", "/logs/*", "/workers/*", "/builders/*"];

    /// <summary>Reads all kept events, from the first one on. Nobody may write meanwhile.</summary>
    public static async Task<List<DataEvent>> ReadEvents(Master master)
    {
        // The last event is one that the subscription surely gets. A buildset without requests is complete at once.
        AddedBuildset last = await master.Data.Updates.AddBuildset(reason: Reason);
        var events = new List<DataEvent>();
        await using Subscription kept = master.Data.Events.Subscribe(Everything, after: 0);
        await foreach (DataEvent e in kept)
        {
            events.Add(e);
            if (e is { Name: "complete", Resource: Buildset buildset } && buildset.BuildsetId == last.BuildsetId)
                break;
        }

        return events;
    }

    /// <summary>Returns how events and tables differ; null if they agree. All events must be kept.</summary>
    public static async Task<string?> FindDifference(Master master)
    {
        var fold = new EventFold();
        long previous = 0;
        foreach (DataEvent e in await ReadEvents(master))
        {
            if (e.Sequence <= previous)
                return $"The event {e.Sequence} follows the event {previous}.";
            previous = e.Sequence;
            fold.Apply(e);
        }

        return await FindDifference(fold, master.Data);
    }

    /// <summary>Returns how the resources that events have left and the tables differ; null if they agree. Nobody may write meanwhile.</summary>
    public static async Task<string?> FindDifference(EventFold fold, DataApi data)
    {
        Dictionary<string, object> stored = await ReadResources(data);
        string[] differences =
        [
            .. fold.Resources.Where(resource => !stored.TryGetValue(resource.Key, out object? found) || !found.Equals(resource.Value))
                .Select(resource => $"By its events {resource.Key} is {resource.Value}, but the store has {stored.GetValueOrDefault(resource.Key) ?? "nothing"}."),
            .. stored.Keys.Except(fold.Resources.Keys).Select(path => $"The store has {path}, which no event has announced."),
        ];
        return differences.Length == 0 ? null : string.Join('\n', differences.Take(10));
    }

    private static async Task<Dictionary<string, object>> ReadResources(DataApi data)
    {
        var logs = new List<object>();
        ResourceList<Step> steps = await data.GetAll<Step>("/steps");
        foreach (Step step in steps)
            logs.AddRange(await data.GetAll<StepLog>($"/steps/{step.StepId}/logs"));
        object[] resources =
        [
            .. await data.GetAll<Buildset>("/buildsets"), .. await data.GetAll<BuildRequest>("/buildrequests?property=*"), .. await data.GetAll<Build>("/builds?property=*"), .. steps,
            .. await data.GetAll<Worker>("/workers"), .. await data.GetAll<Builder>("/builders"), .. logs,
        ];
        return resources.ToDictionary(resource => EventFold.PathOf(resource)!, EventFold.WithoutUnannounced);
    }
}
