namespace BuildData.Torture.Examination;

/// <summary>Makes resources of their events, one event after the other.</summary>
internal sealed class EventFold
{
    private readonly Dictionary<string, object> _resources = [];

    /// <summary>Gets the resources that the events have left, by path.</summary>
    public IReadOnlyDictionary<string, object> Resources => _resources;

    /// <summary>Returns the path that a resource of a store has here; null if its events don't tell all of it.</summary>
    public static string? PathOf(object resource) => resource switch
    {
        Buildset buildset => $"/buildsets/{buildset.BuildsetId}",
        BuildRequest request => $"/buildrequests/{request.BuildRequestId}",
        Build build => $"/builds/{build.BuildId}",
        Step step => $"/steps/{step.StepId}",
        StepLog log => $"/logs/{log.LogId}",
        Worker worker => $"/workers/{worker.WorkerId}",
        Builder builder => $"/builders/{builder.BuilderId}",
        _ => null,
    };

    /// <summary>Applies the next event.</summary>
    public void Apply(DataEvent e)
    {
        if (e.Resource is PropertyMap changed)
        {
            string path = e.Path[..e.Path.LastIndexOf('/')];
            var build = (Build)_resources[path];
            var properties = new PropertyMap(build.Properties);
            foreach ((string name, Property property) in changed)
                properties[name] = property;
            _resources[path] = build with { Properties = properties };
        }
        else if (PathOf(e.Resource) is { } own && e.Name != "missing")
        {
            if (e.Name == "removed")
                Remove(own, e.Resource);
            else
                _resources[own] = WithoutUnannounced(e.Resource);
        }
    }

    /// <summary>Returns a resource without what changes without an event: heartbeats, and what a worker is configured for.</summary>
    public static object WithoutUnannounced(object resource) => resource is Worker worker ? worker with { LastSeen = null, ConfiguredOn = [] } : resource;

    private void Remove(string path, object resource)
    {
        _resources.Remove(path);
        if (resource is not Build build)
            return;

        // The removal of a build includes its steps and their logs.
        foreach ((string part, _) in _resources.Where(known => IsOf(build, known.Value)).ToArray())
            _resources.Remove(part);
    }

    private static bool IsOf(Build build, object resource) =>
        (resource is Step step && step.BuildId == build.BuildId) || (resource is StepLog log && log.BuildId == build.BuildId);
}
