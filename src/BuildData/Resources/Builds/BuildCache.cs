using BuildData.Resources.Steps;
using BuildData.Updating.Caching;

namespace BuildData.Resources.Builds;

/// <summary>Caches builds for updates.</summary>
internal sealed class BuildCache(RowCache cache) : ICachePart<BuildCache>
{
    /// <summary>Gets the cached builds, by id.</summary>
    public CachedRows<CachedBuild> Builds { get; } =
        cache.AddRows<CachedBuild>(DataTables.Builds.Name, static build => build is { StepNames: not null, Properties: not null });

    /// <summary>Gets the number of the latest build of each builder, by the builder's id.</summary>
    public LockedRowValues<long, long> LatestNumbers { get; } = cache.AddLockedRowValues<long, long>();

    public static BuildCache Create(RowCache cache) => new(cache);

    /// <summary>Adds a build that the transaction has read and locked, without step names and properties.</summary>
    public CachedBuild Add(Build build)
    {
        var cached = new CachedBuild(build);
        Builds.Add(build.BuildId, cached);
        return cached;
    }

    /// <summary>Adds or replaces a build that the transaction has written. Keeps the step names and properties that are cached.</summary>
    public CachedBuild SetWritten(Build build)
    {
        if (Builds.TryGet(build.BuildId, out CachedBuild? cached))
            cached.Build = build;
        else
            cached = new CachedBuild(build);
        Builds.SetWritten(build.BuildId, cached);
        return cached;
    }

    public void SetStepNames(CachedBuild build, StepNames names)
    {
        build.StepNames = names;
        CountNames(build);
    }

    /// <summary>Adds the name of a new step to the cached step names of a build.</summary>
    public void AddStepName(CachedBuild build, string name)
    {
        build.StepNames!.Add(name);
        CountNames(build);
    }

    /// <summary>
    /// Removes a finished build with its step names and properties, because later updates are unlikely to need this build. If there is a shared
    /// cache, the build stays cached until the transaction ends, and is not shared.
    /// </summary>
    public void EvictFinished(CachedBuild build)
    {
        if (Builds.EvictForLaterTransactions(build.Build.BuildId))
            Builds.NestedItemCount -= build.CountedNames;
    }

    private void CountNames(CachedBuild build)
    {
        int count = build.StepNames!.CachedCount;
        Builds.NestedItemCount += count - build.CountedNames;
        build.CountedNames = count;
    }
}
