using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Updating.Caching;

namespace BuildData.Resources.Builds;

/// <summary>Caches builds for updates.</summary>
internal sealed class BuildCache(RowCache cache) : ICachePart<BuildCache>
{
    /// <summary>Gets the cached builds. The keys are the ids of the builds.</summary>
    public CachedRows<CachedBuild> Builds { get; } =
        cache.AddRows<CachedBuild>(ResourceTables.Builds.Name, static build => build is { StepNames: not null, Properties: not null });

    /// <summary>Gets the number of the latest build of each builder. The keys are the ids of the builders.</summary>
    public LockedRowValueCache<long, long> LatestNumbers { get; } = cache.AddLockedRowValueCache<long, long>();

    /// <summary>Gets the names of builders that new builds belong to. The keys are the ids of the builders.</summary>
    public LockedRowValueCache<long, string> BuilderNames { get; } = cache.AddLockedRowValueCache<long, string>();

    /// <summary>Gets the names of workers that run new builds. The keys are the ids of the workers. The name of a worker never changes.</summary>
    public LockedRowValueCache<long, string> WorkerNames { get; } = cache.AddLockedRowValueCache<long, string>();

    public static BuildCache Create(RowCache cache) => new(cache);

    /// <summary>Caches a build that the transaction has read and locked. The build's step names and properties are not cached yet.</summary>
    public CachedBuild Add(Build build)
    {
        var cached = new CachedBuild(build);
        Builds.Add(build.BuildId, cached);
        return cached;
    }

    /// <summary>
    /// Caches a build that the transaction has written. If the build was cached before, keeps the cached step names and properties.
    /// </summary>
    public CachedBuild SetWritten(Build build)
    {
        if (Builds.TryGet(build.BuildId, out CachedBuild? cached))
            cached.Build = build;
        else
            cached = new CachedBuild(build);
        Builds.SetWritten(build.BuildId, cached);
        return cached;
    }

    public void SetStepNames(CachedBuild build, StepNameCache names)
    {
        build.StepNames = names;
        CountStepNames(build);
    }

    /// <summary>Adds the name of a new step to the cached step names of a build.</summary>
    public void AddStepName(CachedBuild build, string name)
    {
        build.StepNames!.Add(name);
        CountStepNames(build);
    }

    /// <summary>
    /// Stops caching a finished build, because later updates are unlikely to need it. If this process has no shared cache, removes the
    /// build at once. Otherwise the build stays cached until the transaction ends, but is not copied to the shared cache.
    /// </summary>
    public void EvictFinished(CachedBuild build)
    {
        if (Builds.EvictForLaterTransactions(build.Build.BuildId))
            Builds.NestedItemCount -= build.CountedStepNames;
    }

    /// <summary>Removes a build from the cache, because the transaction has removed the build from the database.</summary>
    public void Remove(long buildId)
    {
        if (Builds.TryGet(buildId, out CachedBuild? build))
            Builds.NestedItemCount -= build.CountedStepNames;
        cache.SetRemoved(new RowKey(ResourceTables.Builds.Name, buildId));
    }

    private void CountStepNames(CachedBuild build)
    {
        int count = build.StepNames!.CachedCount;
        Builds.NestedItemCount += count - build.CountedStepNames;
        build.CountedStepNames = count;
    }
}
