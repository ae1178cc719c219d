using BuildData.Resources.Builds;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Steps;

/// <summary>Prefetches steps. Also prefetches the names of all steps of a build.</summary>
internal sealed class StepPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private readonly StepCache _steps = prefetch.Cache.GetPart<StepCache>();
    private readonly BuildCache _builds = prefetch.Cache.GetPart<BuildCache>();

    public override void CollectRowToLock(RowKey row, PrefetchPlan plan)
    {
        if (!_steps.Steps.Contains(row.Id) && (Prefetch.BypassesSharedCache || !_steps.Steps.TryMoveFromShared(row.Id)))
            Prefetch.AddRowToLock(row);
    }

    public override void AddLockingReads() =>
        RowLockPrefetchStatements.AddLockingReads(Prefetch, StepDefinition.Instance, ResourceTables.Steps.Name, _steps.Steps.Add, _steps.Steps.SetVersion);

    /// <summary>
    /// Adds the statements that read the names of the steps of builds. The prefetch has already locked the rows of these builds, so no
    /// other transaction can add a step.
    /// </summary>
    public override void AddReadsAfterLocking()
    {
        foreach (StepNamesToPrefetch need in Prefetch.Needs<StepNamesToPrefetch>())
        {
            if (_builds.Builds.TryGet(need.BuildId, out CachedBuild? known) && known.StepNames is not null)
                continue;

            // Each build has a statement of its own. For a join with several builds, the planner of PostgreSQL may choose to read all steps.
            var names = new ListSink<string>();
            var sql = new SqlBuilder();
            sql.Append($"SELECT name FROM steps WHERE build_id = {need.BuildId} LIMIT {StepNameCache.MaxCached + 1} + 0");
            Prefetch.Statements.Add(sql, names, () => SetNames(need.BuildId, names.Rows));
        }
    }

    private void SetNames(long buildId, List<string> names)
    {
        // If a build has too many steps, the cache holds no names. The update then queries the database for the name that it needs.
        if (names.Count > StepNameCache.MaxCached || !_builds.Builds.TryGet(buildId, out CachedBuild? build))
            return;

        var all = new StepNameCache(build.Build.BuilderId);
        names.ForEach(all.Add);
        _builds.SetStepNames(build, all);
    }
}
