namespace BuildData.History;

/// <summary>
/// Holds what a dry run would already have removed. The database still contains these rows, so the dry run must ignore them. Without a dry
/// run, the object stays empty.
/// </summary>
internal sealed class RemovedIds
{
    public HashSet<long> Builds { get; } = [];

    public HashSet<long> Requests { get; } = [];

    public HashSet<long> Buildsets { get; } = [];

    /// <summary>Gets the number of removed links to each source stamp. The keys are the ids of the source stamps.</summary>
    public Dictionary<long, long> LinksByStamp { get; } = [];

    public void Add(Removal removal)
    {
        Builds.UnionWith(removal.Builds.Select(build => build.BuildId));
        Requests.UnionWith(removal.Requests.Select(request => request.BuildRequestId));
        Buildsets.UnionWith(removal.Buildsets.Select(buildset => buildset.BuildsetId));
        foreach (IdPair link in removal.Links)
            LinksByStamp[link.OwnerId] = LinksByStamp.GetValueOrDefault(link.OwnerId) + 1;
    }
}
