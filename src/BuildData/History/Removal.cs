namespace BuildData.History;

/// <summary>Holds what one transaction removes. The lists contain the resources as they are before the removal.</summary>
internal sealed class Removal
{
    public List<Build> Builds { get; } = [];

    /// <summary>Gets the steps of the builds. The owner is the build.</summary>
    public List<IdPair> Steps { get; } = [];

    public List<BuildRequest> Requests { get; } = [];

    public List<Buildset> Buildsets { get; } = [];

    /// <summary>Gets the links from the buildsets to their source stamps. The owner is the source stamp.</summary>
    public List<IdPair> Links { get; } = [];

    public List<SourceStamp> SourceStamps { get; } = [];

    /// <summary>Gets the builds that are locked, or no longer exist. They can be tried again later.</summary>
    public List<long> SkippedBuilds { get; } = [];

    /// <summary>Gets the builds to which a removed buildset referred, as its parent or as the rebuilt build. They may now be removable.</summary>
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
