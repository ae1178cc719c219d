namespace BuildData.History;

/// <summary>Holds the resources that one transaction removes, in the state before the removal.</summary>
internal sealed class Removal
{
    public List<Build> Builds { get; } = [];

    /// <summary>Gets the steps of the builds. The owner of a step is its build.</summary>
    public List<IdPair> Steps { get; } = [];

    public List<BuildRequest> Requests { get; } = [];

    public List<Buildset> Buildsets { get; } = [];

    /// <summary>
    /// Gets the links from the buildsets to their source stamps. <see cref="IdPair.Id"/> is the buildset, and <see cref="IdPair.OwnerId"/>
    /// is the source stamp.
    /// </summary>
    public List<IdPair> Links { get; } = [];

    public List<SourceStamp> SourceStamps { get; } = [];

    /// <summary>
    /// Gets the candidate builds that another transaction has locked, or that no longer exist. The removal can try them again later.
    /// </summary>
    public List<long> SkippedBuilds { get; } = [];

    /// <summary>
    /// Gets the builds that a removed buildset named as the parent build or as the rebuilt build. Perhaps these builds can be removed now.
    /// </summary>
    public IReadOnlyList<long> UnblockedBuilds =>
        [.. Buildsets.SelectMany(buildset => new[] { buildset.ParentBuildId, buildset.RebuiltBuildId }).OfType<long>().Distinct()];

    public PruneResult Counts => new()
    {
        Builds = Builds.Count,
        Steps = Steps.Count,
        BuildRequests = Requests.Count,
        Buildsets = Buildsets.Count,
        SourceStamps = SourceStamps.Count,
    };
}
