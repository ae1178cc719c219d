using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Resources.Workers;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Prefetches build requests. Also prefetches the waiting build requests that new build requests will replace.</summary>
internal sealed class BuildRequestPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = ResourceTables.BuildRequests.Name;

    private readonly BuildRequestCache _cache = prefetch.Cache.GetPart<BuildRequestCache>();
    private readonly NextRequestPrefetch _next = new(prefetch);
    private readonly SortedSet<long> _idsNeedingBuildsets = [];
    private readonly HashSet<(long BuilderId, string Key)> _collapseKeys = [];
    private readonly HashSet<(long BuilderId, string Key)> _blockedKeys = [];

    /// <summary>
    /// Gets the ids of the requests that the prefetch locks together with their buildsets. <see cref="Buildsets.BuildsetPrefetcher"/> locks
    /// the buildsets.
    /// </summary>
    public IReadOnlyCollection<long> IdsNeedingBuildsets => _idsNeedingBuildsets;

    /// <summary>Gets whether the updates add build requests that may replace waiting build requests.</summary>
    public bool MayReplaceRequests => _collapseKeys.Count > 0;

    public override void CollectRowToLock(RowKey row, PrefetchPlan plan)
    {
        Prefetch.AddRowToLock(row);
        if (plan.Need<ParentBuildsetsToPrefetch>() is not null)
            _idsNeedingBuildsets.Add(row.Id);
    }

    public override void CollectNeeds(PrefetchPlan plan)
    {
        _next.Count(plan);
        if (plan.Need<AddBuildsetArguments>() is { } buildset && FindCollapseKey(buildset) is { } key)
            _collapseKeys.UnionWith(buildset.BuilderIds.Select(builder => (builder, key)));
    }

    public override void AddLockingReads()
    {
        foreach (long[] ids in SqlListExtensions.SplitIds(Prefetch.IdsToLock(Table)))
            AddLock(Select(sql => sql.Append(BuildRequestDefinition.Instance.Table).Append(" WHERE ").Append(BuildRequestDefinition.Instance.IdColumn).Append(" IN ").AppendList(ids)));
        if (MayReplaceRequests)
            AddLock(Select(sql => AppendReplaceableRequests(sql)));
        _next.AddLockingReads();
    }

    public override void AddReadsAfterLocking()
    {
        if (MayReplaceRequests)
            ReadWaitingRequestIds();
        foreach (WorkerAvailabilityToPrefetch need in Prefetch.Needs<WorkerAvailabilityToPrefetch>())
            ReadAvailability(need.WorkerId);
    }

    public override void MarkBlockedRows()
    {
        foreach (long id in _idsNeedingBuildsets)
        {
            if (_cache.Requests.TryGet(id, out BuildRequest? request) && !Prefetch.IsLocked(new RowKey(ResourceTables.Buildsets.Name, request.BuildsetId)))
                Prefetch.BlockUpdatesOf(new RowKey(Table, id));
        }
    }

    public override bool IsBlocked(PrefetchPlan plan) => _next.IsBlocked(plan) || HasBlockedCollapseKey(plan);

    private bool HasBlockedCollapseKey(PrefetchPlan plan) =>
        _blockedKeys.Count > 0 && plan.Need<AddBuildsetArguments>() is { } buildset && FindCollapseKey(buildset) is { } key
        && buildset.BuilderIds.Any(builder => _blockedKeys.Contains((builder, key)));

    /// <summary>
    /// Appends the tables of a FROM clause, without the keyword. The clause selects the waiting build requests that new build requests
    /// will replace. The table <c>buildrequests</c> has the alias <c>request</c>.
    /// </summary>
    public SqlBuilder AppendReplaceableRequests(SqlBuilder sql) =>
        sql.AppendValues<(long BuilderId, string Key)>(
            [.. _collapseKeys], static (sql, key) => sql.Value(key.BuilderId).Append(", ").Value(key.Key), (SqlListExtensions.PaddingId, ""))
            .Append(
                """
                 AS wanted (builder_id, collapse_key) JOIN buildrequests AS request
                ON request.builder_id = wanted.builder_id AND request.collapse_key = wanted.collapse_key
                AND request.claimed_by IS NULL AND request.complete = 0
                """);

    private void ReadAvailability(long workerId)
    {
        var refusals = new ListSink<long>();
        Prefetch.Statements.Add(
            WorkerAvailability.AppendSelect(new SqlBuilder(), workerId), refusals,
            () => Prefetch.Cache.GetPart<WorkerAvailabilityCache>().Refusals[workerId] = refusals.Rows.Count == 0 ? null : refusals.Rows[0]);
    }

    private static SqlBuilder Select(Action<SqlBuilder> appendTables)
    {
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM ");
        appendTables(sql);
        return sql;
    }

    private void AddLock(SqlBuilder sql) =>
        Prefetch.Statements.Add(
            sql.Append(" ORDER BY ").Append(BuildRequestDefinition.Instance.IdColumn).Append(Prefetch.LockClause(BuildRequestDefinition.Instance.Alias)),
            BuildRequestDefinition.Instance.CreateSink(PropertySelection.None),
            request =>
            {
                _cache.Requests[request.BuildRequestId] = request;
                Prefetch.SetLocked(new RowKey(Table, request.BuildRequestId));
            });

    /// <summary>
    /// Adds a statement that reads the ids of the waiting requests without locking the rows. Unlike the statement that locks rows, this
    /// statement also returns the rows that other transactions have locked.
    /// </summary>
    private void ReadWaitingRequestIds()
    {
        var waiting = new ListSink<WaitingRow>();
        SqlBuilder sql = AppendReplaceableRequests(
            new SqlBuilder().Append(
                """
                SELECT request.id AS BuildRequestId, request.buildset_id AS BuildsetId, request.builder_id AS BuilderId,
                request.collapse_key AS CollapseKey FROM
                """).Append(" "))
            .Append(" ORDER BY request.id");
        Prefetch.Statements.Add(sql, waiting, () =>
        {
            var byKey = _collapseKeys.ToDictionary(key => key, _ => new List<long>());
            foreach (WaitingRow row in waiting.Rows)
            {
                if (Prefetch.IsLocked(new RowKey(Table, row.BuildRequestId)) && Prefetch.IsLocked(new RowKey(ResourceTables.Buildsets.Name, row.BuildsetId)))
                    byKey[(row.BuilderId, row.CollapseKey)].Add(row.BuildRequestId);
                else
                    _blockedKeys.Add((row.BuilderId, row.CollapseKey));
            }

            foreach (((long, string) key, List<long> ids) in byKey)
                _cache.WaitingRequestIds[key] = ids;
        });
    }

    /// <summary>
    /// Returns the <see cref="CollapseKey"/> of a new buildset's requests; null if these requests can't replace waiting requests.
    /// </summary>
    private string? FindCollapseKey(AddBuildsetArguments buildset)
    {
        SourceStampCache cached = Prefetch.Cache.GetPart<SourceStampCache>();
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef reference in buildset.SourceStamps)
        {
            // The first reads have cached every source stamp that exists. No waiting request has a source stamp that does not exist yet.
            if (cached.Find(reference) is not { } stamp)
                return null;
            stamps[stamp.SourceStampId] = stamp;
        }

        return CollapseKey.Compute(Prefetch.Options.CollapseBuildRequests, [.. stamps.Values], buildset.Properties, buildset.WaitedFor);
    }

    private sealed class WaitingRow
    {
        public long BuildRequestId { get; init; }

        public long BuildsetId { get; init; }

        public long BuilderId { get; init; }

        public string CollapseKey { get; init; } = "";
    }
}
