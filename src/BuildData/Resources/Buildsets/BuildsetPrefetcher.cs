using BuildData.Resources.BuildRequests;
using BuildData.Resources.Properties;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Buildsets;

/// <summary>Prefetches buildsets: those of the plans, those of build requests that are completed or replaced, and those with a unique key.</summary>
internal sealed class BuildsetPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = DataTables.Buildsets.Name;

    private readonly BuildsetCache _cache = prefetch.Cache.Get<BuildsetCache>();

    private BuildRequestPrefetcher Requests => Prefetch.Get<BuildRequestPrefetcher>();

    private bool LocksBuildsets => Prefetch.Requested(Table).Count + Requests.Completed.Count > 0 || Requests.HasCollapsed;

    public override void AddLocks()
    {
        if (!LocksBuildsets)
            return;

        var ids = new ListSink<long>();
        SqlBuilder sql = AppendIds(new SqlBuilder().Append("SELECT buildset.id FROM buildsets AS buildset WHERE buildset.id IN "), Requests.Completed)
            .Append(" ORDER BY buildset.id").Append(Prefetch.LockClause("buildset"));
        Prefetch.Statements.Add(sql, ids, () => ids.Rows.ForEach(id => Prefetch.SetLocked(new RowKey(Table, id))));
    }

    public override void AddReads()
    {
        if (LocksBuildsets)
        {
            Prefetch.Statements.AddDetailed(BuildsetDefinition.Instance, sql => AppendIds(sql, Requests.Completed), buildset =>
            {
                if (Prefetch.IsLocked(new RowKey(Table, buildset.BuildsetId)))
                    _cache.Buildsets[buildset.BuildsetId] = buildset;
            });
            ReadProgress();
        }

        ReadUniqueKeys();
        ReadProperties();
    }

    private void ReadProgress()
    {
        var ended = new ListSink<EndedRow>();
        SqlBuilder sql = AppendIds(
            new SqlBuilder().Append("SELECT buildset_id AS BuildsetId, results AS Results, count(*) AS Count FROM buildrequests WHERE buildset_id IN "), Requests.Completed)
            .Append(" GROUP BY buildset_id, results");
        Prefetch.Statements.Add(sql, ended, () =>
        {
            foreach (IGrouping<long, EndedRow> rows in ended.Rows.GroupBy(row => row.BuildsetId))
            {
                if (!Prefetch.IsLocked(new RowKey(Table, rows.Key)))
                    continue;

                var progress = new BuildsetProgress { Open = rows.FirstOrDefault(row => row.Results is null)?.Count ?? 0 };
                progress.Results.UnionWith(rows.Where(row => row.Results is not null).Select(row => (BuildResult)row.Results!));
                _cache.Progress[rows.Key] = progress;
            }
        });
    }

    private void ReadUniqueKeys()
    {
        string[] keys = [.. Prefetch.Needs<NewBuildset>().Select(buildset => buildset.UniqueKey).OfType<string>().Distinct()];
        if (keys.Length == 0)
            return;

        var known = new ListSink<KeyRow>();
        Prefetch.Statements.Add(new SqlBuilder().Append("SELECT id AS Id, unique_key AS UniqueKey FROM buildsets WHERE unique_key IN ").AppendList(keys), known, () =>
        {
            foreach (string key in keys)
                _cache.UniqueKeys[key] = null;
            known.Rows.ForEach(row => _cache.UniqueKeys[row.UniqueKey] = row.Id);
        });
    }

    /// <summary>Reads the properties of the buildsets of all requests, because events of requests include them.</summary>
    private void ReadProperties()
    {
        SortedSet<long> requests = Prefetch.Requested(DataTables.BuildRequests.Name);
        if (!Prefetch.WantsProperties || (requests.Count == 0 && !Requests.HasCollapsed))
            return;

        PropertyPrefetch.AddStatement(
            Prefetch,
            sql => AppendIds(
                sql.Append("buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id WHERE owner.id IN "), requests),
            (id, properties) => _cache.Properties[id] = properties);
    }

    /// <summary>Appends the ids of buildsets, in parentheses: the requested ones, those of build requests, and those of replaced requests.</summary>
    private SqlBuilder AppendIds(SqlBuilder sql, IReadOnlyCollection<long> requests)
    {
        string separator = "(";
        SortedSet<long> requested = Prefetch.Requested(Table);
        if (requested.Count > 0)
            Next().Append("SELECT wanted.id FROM ").AppendValues([.. requested], static (sql, id) => sql.Value(id), IdList.NoId).Append(" AS wanted (id)");
        if (requests.Count > 0)
            Next().Append("SELECT buildset_id FROM buildrequests WHERE id IN ").AppendList([.. requests]);
        if (Requests.HasCollapsed)
            Requests.AppendCollapsed(Next().Append("SELECT request.buildset_id FROM "));
        return sql.Append(")");

        SqlBuilder Next()
        {
            sql.Append(separator);
            separator = " UNION ALL ";
            return sql;
        }
    }

    /// <summary>Represents the number of a buildset's requests that have the same result; null for those without one.</summary>
    private sealed class EndedRow
    {
        public long BuildsetId { get; init; }

        public long? Results { get; init; }

        public long Count { get; init; }
    }

    private sealed class KeyRow
    {
        public long Id { get; init; }

        public string UniqueKey { get; init; } = "";
    }
}
