namespace BuildData.History;

/// <summary>
/// Holds the ids of the rows that a dry run has already counted as removed. The database still contains these rows, so the dry run must
/// ignore them. In a real removal, this object stays empty.
/// </summary>
internal sealed class RemovedIds
{
    public HashSet<long> Builds { get; } = [];

    public HashSet<long> Requests { get; } = [];

    public HashSet<long> Buildsets { get; } = [];

    /// <summary>Gets how many links to each source stamp were counted as removed. The keys are the ids of the source stamps.</summary>
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
