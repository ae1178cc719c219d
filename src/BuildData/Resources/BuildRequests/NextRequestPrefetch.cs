using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Locks the waiting requests that come next, for the updates of a batch that take the next request of some builders. Each statement locks as
/// many requests as the batch has such updates, and passes over the requests that other transactions have locked. So idle workers on several
/// masters do not wait for the same row.
/// </summary>
/// <remarks>
/// If other transactions have locked the only requests that are left, it is not known whether these requests stay available. Then some updates
/// are blocked. They run again later, and wait for these locks.
/// </remarks>
internal sealed class NextRequestPrefetch(Prefetch prefetch)
{
    private readonly BuildRequestCache _cache = prefetch.Cache.GetPart<BuildRequestCache>();
    private readonly Dictionary<NextRequestsToPrefetch, int> _runnableCounts = [];
    private int _updateCount;

    /// <summary>Counts the updates that take a next request. Called for the plan of each update.</summary>
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

    /// <summary>Reads the ids of the next requests again, with those that other transactions have locked.</summary>
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
}
