namespace BuildData.StoreContracts;

/// <summary>Decides in memory what a removal of old history must leave: a slow and simple form of the rules.</summary>
internal sealed class HistoryModel
{
    private readonly List<Build> _builds;
    private readonly List<Step> _steps;
    private readonly List<BuildRequest> _requests;
    private readonly List<Buildset> _buildsets;
    private readonly List<SourceStamp> _stamps;

    private HistoryModel(List<Build> builds, List<Step> steps, List<BuildRequest> requests, List<Buildset> buildsets, List<SourceStamp> stamps) =>
        (_builds, _steps, _requests, _buildsets, _stamps) = (builds, steps, requests, buildsets, stamps);

    /// <summary>Gets all resources.</summary>
    public IEnumerable<object> All => [.. _builds, .. _steps, .. _requests, .. _buildsets, .. _stamps];

    /// <summary>Reads the resources that the store has.</summary>
    public static async Task<HistoryModel> Read(DataApi data) => new(
        [.. await data.GetAll<Build>("/builds?property=*")], [.. await data.GetAll<Step>("/steps")], [.. await data.GetAll<BuildRequest>("/buildrequests?property=*")],
        [.. await data.GetAll<Buildset>("/buildsets")], [.. await data.GetAll<SourceStamp>("/sourcestamps")]);

    /// <summary>Removes what a policy allows to remove.</summary>
    /// <returns>How much was removed.</returns>
    public PruneResult Prune(HistoryPolicy policy, DateTimeOffset now)
    {
        DateTimeOffset before = now - policy.Age;
        (int builds, int steps, int requests, int buildsets, int stamps) = (_builds.Count, _steps.Count, _requests.Count, _buildsets.Count, _stamps.Count);
        HashSet<long> kept = [.. FindKeptBuilds(Math.Max(policy.AtLeastPerBuilder, 1))];
        long lastRequest = _requests.Max(request => request.BuildRequestId);
        HashSet<long> keptBuildsets = [.. FindKeptBuildsets()];
        int before1;
        do
        {
            before1 = _builds.Count + _requests.Count + _buildsets.Count;
            _builds.RemoveAll(build => build.CompleteAt < before && !kept.Contains(build.BuildId)
                && !_buildsets.Exists(buildset => buildset.ParentBuildId == build.BuildId || buildset.RebuiltBuildId == build.BuildId));
            _requests.RemoveAll(request => request.CompleteAt < before && request.SubmittedAt < before && request.BuildRequestId != lastRequest
                && !_builds.Exists(build => build.BuildRequestId == request.BuildRequestId));
            _buildsets.RemoveAll(buildset => buildset.CompleteAt < before && buildset.SubmittedAt < before && !keptBuildsets.Contains(buildset.BuildsetId)
                && !_requests.Exists(request => request.BuildsetId == buildset.BuildsetId));
        }
        while (_builds.Count + _requests.Count + _buildsets.Count < before1);
        _steps.RemoveAll(step => !_builds.Exists(build => build.BuildId == step.BuildId));
        _stamps.RemoveAll(stamp => !_buildsets.Exists(buildset => buildset.SourceStamps.Contains(stamp)));
        return new PruneResult
        {
            Builds = builds - _builds.Count,
            Steps = steps - _steps.Count,
            BuildRequests = requests - _requests.Count,
            Buildsets = buildsets - _buildsets.Count,
            SourceStamps = stamps - _stamps.Count,
        };
    }

    private IEnumerable<long> FindKeptBuilds(int newest)
    {
        foreach (IGrouping<long, Build> builder in _builds.GroupBy(build => build.BuilderId))
        {
            foreach (Build build in builder.OrderByDescending(build => build.Number).Take(newest))
                yield return build.BuildId;
            if (builder.Where(build => build.Results == BuildResult.Success).MaxBy(build => build.Number) is { } success)
                yield return success.BuildId;
        }

        yield return _builds.Max(build => build.BuildId);
        yield return _steps.MaxBy(step => step.StepId)!.BuildId;
    }

    private IEnumerable<long> FindKeptBuildsets()
    {
        yield return _buildsets.Max(buildset => buildset.BuildsetId);
        yield return LastBuildsetOf(_stamps.MaxBy(stamp => stamp.SourceStampId)!);
        if (_stamps.Where(stamp => stamp.Patch is not null).MaxBy(stamp => stamp.Patch!.PatchId) is { } patched)
            yield return LastBuildsetOf(patched);
    }

    private long LastBuildsetOf(SourceStamp stamp) => _buildsets.Where(buildset => buildset.SourceStamps.Contains(stamp)).Max(buildset => buildset.BuildsetId);
}
