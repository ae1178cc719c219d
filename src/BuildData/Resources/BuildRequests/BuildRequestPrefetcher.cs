using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Prefetches build requests, including the waiting requests that those of new buildsets replace.</summary>
internal sealed class BuildRequestPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = DataTables.BuildRequests.Name;

    private readonly BuildRequestCache _cache = prefetch.Cache.Get<BuildRequestCache>();
    private readonly SortedSet<long> _completed = [];
    private readonly HashSet<(long BuilderId, string Key)> _collapsed = [];
    private readonly HashSet<(long BuilderId, string Key)> _blocked = [];

    /// <summary>Gets the requests that updates complete. Their buildsets are locked too.</summary>
    public IReadOnlyCollection<long> Completed => _completed;

    /// <summary>Gets whether requests of new buildsets may replace waiting requests.</summary>
    public bool HasCollapsed => _collapsed.Count > 0;

    public override void Collect(RowKey row, PrefetchPlan plan)
    {
        Prefetch.Request(row);
        if (plan.Need<Completion>() is not null)
            _completed.Add(row.Id);
    }

    public override void Collect(PrefetchPlan plan)
    {
        if (plan.Need<NewBuildset>() is { } buildset && KeyOf(buildset) is { } key)
            _collapsed.UnionWith(buildset.BuilderIds.Select(builder => (builder, key)));
    }

    public override void AddLocks()
    {
        foreach (long[] ids in IdList.Split(Prefetch.Requested(Table)))
            AddLock(Select(sql => sql.Append(BuildRequestDefinition.Instance.Table).Append(" WHERE ").Append(BuildRequestDefinition.Instance.IdColumn).Append(" IN ").AppendList(ids)));
        if (HasCollapsed)
            AddLock(Select(sql => AppendCollapsed(sql)));
    }

    public override void AddReads()
    {
        if (HasCollapsed)
            ReadCollapsed();

        long[] unlocked = [.. Prefetch.Needs<UnlockedRequest>().Select(need => need.BuildRequestId)];
        if (unlocked.Length > 0)
        {
            Prefetch.Statements.Add(
                Select(sql => sql.Append(BuildRequestDefinition.Instance.Table).Append(" WHERE ").Append(BuildRequestDefinition.Instance.IdColumn).Append(" IN ").AppendList(unlocked)),
                BuildRequestDefinition.Instance.CreateSink(PropertySelection.None),
                request => _cache.Unlocked[request.BuildRequestId] = request);
        }
    }

    public override void BlockRelatedRows()
    {
        foreach (long id in _completed)
        {
            if (_cache.Requests.TryGet(id, out BuildRequest? request) && !Prefetch.IsLocked(new RowKey(DataTables.Buildsets.Name, request.BuildsetId)))
                Prefetch.SetBlocked(new RowKey(Table, id));
        }
    }

    public override bool IsBlocked(PrefetchPlan plan) =>
        _blocked.Count > 0 && plan.Need<NewBuildset>() is { } buildset && KeyOf(buildset) is { } key
        && buildset.BuilderIds.Any(builder => _blocked.Contains((builder, key)));

    /// <summary>Appends the requests that those of new buildsets replace, with the alias of <see cref="BuildRequestDefinition"/>.</summary>
    public SqlBuilder AppendCollapsed(SqlBuilder sql) =>
        sql.AppendValues<(long BuilderId, string Key)>(
            [.. _collapsed], static (sql, key) => sql.Value(key.BuilderId).Append(", ").Value(key.Key), (IdList.NoId, ""))
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

    /// <summary>Reads the ids of the waiting requests without locks, so that requests that other transactions have locked are found too.</summary>
    private void ReadCollapsed()
    {
        var waiting = new ListSink<WaitingRow>();
        SqlBuilder sql = AppendCollapsed(
            new SqlBuilder().Append(
                """
                SELECT request.id AS BuildRequestId, request.buildset_id AS BuildsetId, request.builder_id AS BuilderId,
                request.collapse_key AS CollapseKey FROM
                """).Append(" "))
            .Append(" ORDER BY request.id");
        Prefetch.Statements.Add(sql, waiting, () =>
        {
            var byKey = _collapsed.ToDictionary(key => key, _ => new List<long>());
            foreach (WaitingRow row in waiting.Rows)
            {
                if (Prefetch.IsLocked(new RowKey(Table, row.BuildRequestId)) && Prefetch.IsLocked(new RowKey(DataTables.Buildsets.Name, row.BuildsetId)))
                    byKey[(row.BuilderId, row.CollapseKey)].Add(row.BuildRequestId);
                else
                    _blocked.Add((row.BuilderId, row.CollapseKey));
            }

            foreach (((long, string) key, List<long> ids) in byKey)
                _cache.Waiting[key] = ids;
        });
    }

    /// <summary>Returns the collapse key of a buildset; null if no waiting build request can have the key.</summary>
    private string? KeyOf(NewBuildset buildset)
    {
        SourceStampCache cached = Prefetch.Cache.Get<SourceStampCache>();
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef reference in buildset.SourceStamps)
        {
            if (cached.Find(reference) is not { } stamp)
                return null;
            stamps[stamp.SourceStampId] = stamp;
        }

        return CollapseKey.Of(Prefetch.Options.CollapseBuildRequests, [.. stamps.Values], buildset.Properties, buildset.WaitedFor);
    }

    private sealed class WaitingRow
    {
        public long BuildRequestId { get; init; }

        public long BuildsetId { get; init; }

        public long BuilderId { get; init; }

        public string CollapseKey { get; init; } = "";
    }
}
