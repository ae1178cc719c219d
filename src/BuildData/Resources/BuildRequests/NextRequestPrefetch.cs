using BuildData.Resources.Buildsets;
using BuildData.Resources.Properties;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Prefetches waiting build requests for updates that claim the next request of some builders. Each statement locks one request for each
/// such update of the batch. The statement skips requests that other transactions have locked. So idle workers on several masters do not
/// wait for the same row.
/// </summary>
/// <remarks>
/// There may be fewer unlocked requests than updates, although other transactions have locked further waiting requests. These transactions
/// may claim the requests or leave them. Then the prefetch blocks the updates that get no request. Blocked updates run again later, and
/// wait for the locks.
/// </remarks>
internal sealed class NextRequestPrefetch(Prefetch prefetch)
{
    private readonly BuildRequestCache _cache = prefetch.Cache.GetPart<BuildRequestCache>();
    private readonly Dictionary<NextRequestsToPrefetch, int> _runnableCounts = [];
    private int _updateCount;

    /// <summary>Counts the update of a plan, if it claims the next request of some builders. Called once for each plan.</summary>
    public void Count(PrefetchPlan plan)
    {
        if (plan.Need<NextRequestsToPrefetch>() is not null)
            _updateCount++;
    }

    public void AddLockingReads()
    {
        foreach (NextRequestsToPrefetch need in prefetch.Needs<NextRequestsToPrefetch>())
        {
            var locked = new List<long>();
            SqlBuilder sql = NextRequestSql.Append(new SqlBuilder(), need.BuilderIds, BuildRequestDefinition.Instance.Columns, _updateCount, NextRequestSql.SpareForLocked)
                .Append(prefetch.LockClause(BuildRequestDefinition.Instance.Alias));
            prefetch.Statements.Add(sql, BuildRequestDefinition.Instance.CreateSink(PropertySelection.None), request =>
            {
                // An earlier statement of this prefetch may have returned the same request.
                _cache.Requests[request.BuildRequestId] = request;
                prefetch.SetLocked(new RowKey(ResourceTables.BuildRequests.Name, request.BuildRequestId));
                locked.Add(request.BuildRequestId);
            });
            AddReadWithoutLocks(need, locked);
            if (prefetch.WantsProperties)
                AddReadOfProperties(need);
        }
    }

    /// <summary>Returns whether the update of a plan must run again later. Called once for each plan.</summary>
    public bool IsBlocked(PrefetchPlan plan)
    {
        if (plan.Need<NextRequestsToPrefetch>() is not { } need || !_runnableCounts.TryGetValue(need, out int runnable))
            return false;

        _runnableCounts[need] = runnable - 1;
        return runnable <= 0;
    }

    /// <summary>
    /// Adds a statement that reads the ids of the next requests without locks. This statement also returns the requests that other
    /// transactions have locked.
    /// </summary>
    private void AddReadWithoutLocks(NextRequestsToPrefetch need, List<long> locked)
    {
        var waiting = new ListSink<long>();
        prefetch.Statements.Add(NextRequestSql.Append(new SqlBuilder(), need.BuilderIds, "request.id", _updateCount, NextRequestSql.SpareForLocked), waiting, () =>
        {
            bool othersWait = waiting.Rows.Exists(id => !locked.Contains(id));
            bool areAll = locked.Count < Math.Min(_updateCount, NextRequestSql.MaxCandidates) && !othersWait && !prefetch.BypassesSharedCache;
            _cache.NextRequests[need.BuilderIds] = new PrefetchedNextRequests(locked, areAll);
            if (locked.Count < _updateCount && othersWait)
                _runnableCounts[need] = locked.Count;
        });
    }

    /// <summary>
    /// Reads the properties of the buildsets of the next requests, because the event of each claim includes them. Reads a few more, because
    /// other transactions may have locked some of these requests.
    /// </summary>
    private void AddReadOfProperties(NextRequestsToPrefetch need) => PropertyPrefetchStatements.AddReadStatement(
        prefetch,
        sql =>
        {
            sql.Append("buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id WHERE owner.id IN (");
            NextRequestSql.Append(sql, need.BuilderIds, "request.buildset_id", _updateCount + NextRequestSql.SpareForLocked, NextRequestSql.SpareForLocked).Append(")");
        },
        (id, properties) => prefetch.Cache.GetPart<BuildsetCache>().Properties[id] = properties);
}
