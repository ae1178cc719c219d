using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Prefetches build requests, including the waiting requests that the requests of new buildsets replace.</summary>
internal sealed class BuildRequestPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = DataTables.BuildRequests.Name;

    private readonly BuildRequestCache _cache = prefetch.Cache.GetPart<BuildRequestCache>();
    private readonly SortedSet<long> _completedIds = [];
    private readonly HashSet<(long BuilderId, string Key)> _collapseKeys = [];
    private readonly HashSet<(long BuilderId, string Key)> _blockedKeys = [];

    /// <summary>Gets the ids of the requests that updates complete. <see cref="Buildsets.BuildsetPrefetcher"/> locks the buildsets of these requests.</summary>
    public IReadOnlyCollection<long> CompletedIds => _completedIds;

    /// <summary>Gets whether requests of new buildsets may replace waiting requests.</summary>
    public bool MayReplaceRequests => _collapseKeys.Count > 0;

    public override void CollectRowToLock(RowKey row, PrefetchPlan plan)
    {
        Prefetch.AddRowToLock(row);
        if (plan.Need<RequestCompletionNeed>() is not null)
            _completedIds.Add(row.Id);
    }

    public override void CollectNeeds(PrefetchPlan plan)
    {
        if (plan.Need<AddBuildsetArguments>() is { } buildset && FindCollapseKey(buildset) is { } key)
            _collapseKeys.UnionWith(buildset.BuilderIds.Select(builder => (builder, key)));
    }

    public override void AddLockingReads()
    {
        foreach (long[] ids in SqlLists.SplitIds(Prefetch.IdsToLock(Table)))
            AddLock(Select(sql => sql.Append(BuildRequestDefinition.Instance.Table).Append(" WHERE ").Append(BuildRequestDefinition.Instance.IdColumn).Append(" IN ").AppendList(ids)));
        if (MayReplaceRequests)
            AddLock(Select(sql => AppendReplaceableRequests(sql)));
    }

    public override void AddReadsAfterLocking()
    {
        if (MayReplaceRequests)
            ReadWaitingIds();

        long[] unlocked = [.. Prefetch.Needs<UnlockedRequestNeed>().Select(need => need.BuildRequestId)];
        if (unlocked.Length > 0)
        {
            Prefetch.Statements.Add(
                Select(sql => sql.Append(BuildRequestDefinition.Instance.Table).Append(" WHERE ").Append(BuildRequestDefinition.Instance.IdColumn).Append(" IN ").AppendList(unlocked)),
                BuildRequestDefinition.Instance.CreateSink(PropertySelection.None),
                request => _cache.UnlockedRequests[request.BuildRequestId] = request);
        }
    }

    public override void MarkBlockedRows()
    {
        foreach (long id in _completedIds)
        {
            if (_cache.Requests.TryGet(id, out BuildRequest? request) && !Prefetch.IsLocked(new RowKey(DataTables.Buildsets.Name, request.BuildsetId)))
                Prefetch.BlockUpdatesOf(new RowKey(Table, id));
        }
    }

    public override bool IsBlocked(PrefetchPlan plan) =>
        _blockedKeys.Count > 0 && plan.Need<AddBuildsetArguments>() is { } buildset && FindCollapseKey(buildset) is { } key
        && buildset.BuilderIds.Any(builder => _blockedKeys.Contains((builder, key)));

    /// <summary>
    /// Appends a FROM clause, without the keyword, that selects the waiting requests which the requests of new buildsets replace. Their
    /// alias is <c>request</c>.
    /// </summary>
    public SqlBuilder AppendReplaceableRequests(SqlBuilder sql) =>
        sql.AppendValues<(long BuilderId, string Key)>(
            [.. _collapseKeys], static (sql, key) => sql.Value(key.BuilderId).Append(", ").Value(key.Key), (SqlLists.PaddingId, ""))
            .Append(
                """
                 AS wanted (builder_id, collapse_key) JOIN buildrequests AS request
                ON request.builder_id = wanted.builder_id AND request.collapse_key = wanted.collapse_key
                AND request.claimed_by IS NULL AND request.complete = 0
                """);

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

    /// <summary>Reads the ids of the waiting requests without locks. Therefore it also finds the requests that other transactions have locked.</summary>
    private void ReadWaitingIds()
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
                if (Prefetch.IsLocked(new RowKey(Table, row.BuildRequestId)) && Prefetch.IsLocked(new RowKey(DataTables.Buildsets.Name, row.BuildsetId)))
                    byKey[(row.BuilderId, row.CollapseKey)].Add(row.BuildRequestId);
                else
                    _blockedKeys.Add((row.BuilderId, row.CollapseKey));
            }

            foreach (((long, string) key, List<long> ids) in byKey)
                _cache.WaitingIds[key] = ids;
        });
    }

    /// <summary>Returns the collapse key of a new buildset's requests; null if no waiting build request can have this key.</summary>
    private string? FindCollapseKey(AddBuildsetArguments buildset)
    {
        SourceStampCache cached = Prefetch.Cache.GetPart<SourceStampCache>();
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef reference in buildset.SourceStamps)
        {
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
