using BuildData.Resources.Builds;
using BuildData.Resources.Steps;
using BuildData.Updating.Caching;

namespace BuildData.Tests;

/// <summary>The number of rows and details that a writer caches is limited.</summary>
internal sealed class RowCacheTests
{
    [Test]
    public void BeginTransaction_CacheIsTooLarge_ClearsIt()
    {
        var cache = new RowCache(shared: null);
        CacheSteps(cache, 100_001);

        cache.BeginTransaction();

        cache.GetPart<StepCache>().Steps.Count.Should().Be(0);
    }

    [Test]
    public void BeginTransaction_CacheIsNotTooLarge_KeepsIt()
    {
        var cache = new RowCache(shared: null);
        CacheSteps(cache, 99_000);

        cache.BeginTransaction();

        cache.GetPart<StepCache>().Steps.Count.Should().Be(99_000);
    }

    [Test]
    public void BeginTransaction_ManyNamesOfFewBuilds_ClearsTheCache()
    {
        var cache = new RowCache(shared: null);
        for (int build = 0; build < 20; build++)
            CacheNames(cache, build, 9_000);

        cache.BeginTransaction();

        cache.GetPart<BuildCache>().Builds.Count.Should().Be(0);
    }

    [Test]
    public void AddStepName_BuildHasVeryManySteps_CachesNoNames()
    {
        var cache = new RowCache(shared: null);

        StepNameCache names = CacheNames(cache, buildId: 1, 50_000).StepNames!;

        (names.CachedCount, names.Count).Should().Be((0, 50_000));
    }

    [Test]
    public void EvictFinished_AllBuilds_LeavesRoomForNames()
    {
        var cache = new RowCache(shared: null);
        for (int round = 0; round < 100; round++)
            cache.GetPart<BuildCache>().EvictFinished(CacheNames(cache, round, 5_000));
        CacheNames(cache, buildId: 1, 0);

        cache.BeginTransaction();

        cache.GetPart<BuildCache>().Builds.Count.Should().Be(1);
    }

    private static void CacheSteps(RowCache cache, int count)
    {
        for (int i = 0; i < count; i++)
            cache.GetPart<StepCache>().Steps.Add(i, new Step { StepId = i });
    }

    private static CachedBuild CacheNames(RowCache cache, long buildId, int count)
    {
        BuildCache builds = cache.GetPart<BuildCache>();
        CachedBuild build = builds.Add(new Build { BuildId = buildId });
        builds.SetStepNames(build, new StepNameCache(builderId: 1));
        for (int i = 0; i < count; i++)
            builds.AddStepName(build, $"step_{i}");
        return build;
    }
}
