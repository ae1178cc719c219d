using BuildData.Resources.Properties;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Builds;

/// <summary>Prefetches builds with their properties. For new builds, prefetches the number of a builder's latest build, and names.</summary>
internal sealed class BuildPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private readonly BuildCache _cache = prefetch.Cache.GetPart<BuildCache>();

    public override void CollectRowToLock(RowKey row, PrefetchPlan plan)
    {
        if (!_cache.Builds.Contains(row.Id) && (Prefetch.BypassesSharedCache || !_cache.Builds.TryMoveFromShared(row.Id)))
            Prefetch.AddRowToLock(row);
    }

    public override void AddLockingReads() =>
        RowLockPrefetchStatements.AddLockingReads(Prefetch, BuildDefinition.Instance, ResourceTables.Builds.Name, (_, build) => _cache.Add(build), _cache.Builds.SetVersion);

    public override void AddReadsAfterLocking()
    {
        foreach (LatestBuildNumberToPrefetch need in Prefetch.Needs<LatestBuildNumberToPrefetch>())
        {
            ReadLatestNumber(need.BuilderId);
            ReadName("SELECT name FROM builders WHERE id = ", need.BuilderId, name => SetNameIfLocked(need.BuilderId, name));
        }

        foreach (WorkerNameToPrefetch need in Prefetch.Needs<WorkerNameToPrefetch>())
            ReadName("SELECT name FROM workers WHERE id = ", need.WorkerId, name => _cache.WorkerNames[need.WorkerId] = name);
        if (!Prefetch.WantsProperties)
            return;

        foreach (long[] ids in SqlListExtensions.SplitIds(Prefetch.IdsToLock(ResourceTables.Builds.Name)))
        {
            PropertyPrefetchStatements.AddReadStatement(
                Prefetch,
                sql => sql.Append("builds AS owner LEFT JOIN build_properties AS property ON property.build_id = owner.id WHERE owner.id IN ").AppendList(ids),
                (id, properties) =>
                {
                    if (_cache.Builds.TryGet(id, out CachedBuild? build))
                        build.Properties = properties;
                });
        }
    }

    private void SetNameIfLocked(long builderId, string name)
    {
        if (Prefetch.IsLocked(new RowKey(ResourceTables.Builders.Name, builderId)))
            _cache.BuilderNames[builderId] = name;
    }

    private void ReadName(string select, long id, Action<string> onName)
    {
        var names = new ListSink<string>();
        Prefetch.Statements.Add(new SqlBuilder().Append(select).Value(id), names, () => names.Rows.ForEach(onName));
    }

    private void ReadLatestNumber(long builderId)
    {
        var latest = new ListSink<long>();
        var sql = new SqlBuilder();
        sql.Append($"SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = {builderId}");
        Prefetch.Statements.Add(sql, latest, () =>
        {
            if (Prefetch.IsLocked(new RowKey(ResourceTables.Builders.Name, builderId)))
                _cache.LatestNumbers[builderId] = latest.Rows[0];
        });
    }
}
