namespace BuildData.Torture.PowerCut.Checking;

/// <summary>The resources that events make of nothing.</summary>
internal sealed class StoreModel
{
    private readonly Dictionary<string, object> _resources = new(StringComparer.Ordinal);

    /// <summary>Gets the logs.</summary>
    public IEnumerable<StepLog> Logs => _resources.Values.OfType<StepLog>();

    /// <summary>Reads the resources of a store in the form in which events can show them.</summary>
    public static async Task<StoreModel> Read(Master master)
    {
        var model = new StoreModel();
        DataApi data = master.Data;
        model.AddAll(await data.GetAll<Buildset>("/buildsets"), set => $"/buildsets/{set.BuildsetId}");
        model.AddAll(await data.GetAll<BuildRequest>("/buildrequests?property=*"), request => $"/buildrequests/{request.BuildRequestId}");
        model.AddAll(await data.GetAll<Build>("/builds?property=*"), build => $"/builds/{build.BuildId}");
        model.AddAll(await data.GetAll<Step>("/steps"), step => $"/steps/{step.StepId}");
        model.AddAll(await ReadLogs(data), log => $"/logs/{log.LogId}");
        model.AddAll(await data.GetAll<Builder>("/builders"), builder => $"/builders/{builder.BuilderId}");
        model.AddAll(await data.GetAll<Worker>("/workers"), worker => $"/workers/{worker.WorkerId}");
        return model;
    }

    /// <summary>Applies an event.</summary>
    public void Apply(DataEvent e)
    {
        switch (e.Resource)
        {
            case PropertyMap changed:
                string path = e.Path[..e.Path.LastIndexOf('/')];
                var build = (Build)_resources[path];
                _resources[path] = build with { Properties = With(build.Properties, changed) };
                break;
            case BuilderOnMaster place:
                var builder = (Builder)_resources[e.Path];
                _resources[e.Path] = builder with
                {
                    MasterIds = e.Name == "started" ? [.. builder.MasterIds.Append(place.MasterId).Distinct().Order()] : [.. builder.MasterIds.Where(id => id != place.MasterId)],
                };
                break;
            case MissingWorker or MasterInfo:
                // The first is not stored. The second also changes when a process opens the store, which no event announces.
                break;
            case not null when e.Name == "removed":
                Remove(e.Path, e.Resource);
                break;
            default:
                _resources[e.Path] = Comparable(e.Resource!);
                break;
        }
    }

    /// <summary>Describes the first difference to what is stored; null if there is none.</summary>
    public string? FirstDifference(StoreModel stored)
    {
        foreach ((string path, object resource) in _resources)
        {
            if (!stored._resources.TryGetValue(path, out object? other))
                return $"{path} is missing: {resource}";
            if (!AreEqual(resource, other))
                return $"{path} is {other} instead of {resource}";
        }

        return stored._resources.Keys.FirstOrDefault(path => !_resources.ContainsKey(path)) is { } more ? $"{more} should not be there: {stored._resources[more]}" : null;
    }

    private static PropertyMap With(PropertyMap properties, PropertyMap changed)
    {
        var all = new PropertyMap(properties);
        foreach ((string name, Property property) in changed)
            all[name] = property;
        return all;
    }

    private static bool AreEqual(object resource, object other) => resource is Builder builder && other is Builder otherBuilder
        ? builder.MasterIds.SequenceEqual(otherBuilder.MasterIds) && builder with { MasterIds = [] } == otherBuilder with { MasterIds = [] }
        : resource.Equals(other);

    // No event announces where a worker is configured, nor its heartbeats.
    private static object Comparable(object resource) => resource is Worker worker ? worker with { ConfiguredOn = [], LastSeen = null } : resource;

    private static async Task<List<StepLog>> ReadLogs(DataApi data)
    {
        var logs = new List<StepLog>();
        foreach (Step step in await data.GetAll<Step>("/steps"))
            logs.AddRange(await data.GetAll<StepLog>($"/steps/{step.StepId}/logs"));
        return logs;
    }

    private void AddAll<T>(IEnumerable<T> resources, Func<T, FormattableString> path)
        where T : class
    {
        foreach (T resource in resources)
            _resources.Add(FormattableString.Invariant(path(resource)), Comparable(resource));
    }

    private void Remove(string path, object resource)
    {
        _resources.Remove(path);
        if (resource is not Build build)
            return;
        foreach ((string other, object part) in _resources.ToArray())
        {
            if ((part is Step step && step.BuildId == build.BuildId) || (part is StepLog log && log.BuildId == build.BuildId))
                _resources.Remove(other);
        }
    }
}
