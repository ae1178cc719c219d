using BuildData.Resources.BuildRequests;
using BuildData.Resources.Properties;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Buildsets;

/// <summary>
/// Prefetches three kinds of buildsets: those that updates lock, those whose build requests updates complete or replace, and those with a
/// unique key of a new buildset.
/// </summary>
internal sealed class BuildsetPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = DataTables.Buildsets.Name;

    private readonly BuildsetCache _cache = prefetch.Cache.GetPart<BuildsetCache>();

    private BuildRequestPrefetcher Requests => Prefetch.GetPrefetcher<BuildRequestPrefetcher>();

    private bool LocksBuildsets => Prefetch.IdsToLock(Table).Count + Requests.CompletedIds.Count > 0 || Requests.MayReplaceRequests;

    public override void AddLockingReads()
    {
        if (!LocksBuildsets)
            return;

        var ids = new ListSink<long>();
        SqlBuilder sql = AppendIds(new SqlBuilder().Append("SELECT buildset.id FROM buildsets AS buildset WHERE buildset.id IN "), Requests.CompletedIds)
            .Append(" ORDER BY buildset.id").Append(Prefetch.LockClause("buildset"));
        Prefetch.Statements.Add(sql, ids, () => ids.Rows.ForEach(id => Prefetch.SetLocked(new RowKey(Table, id))));
    }

    public override void AddReadsAfterLocking()
    {
        if (LocksBuildsets)
        {
            Prefetch.Statements.AddWithDetails(BuildsetDefinition.Instance, sql => AppendIds(sql, Requests.CompletedIds), buildset =>
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
        var counts = new ListSink<ResultCountRow>();
        SqlBuilder sql = AppendIds(
            new SqlBuilder().Append("SELECT buildset_id AS BuildsetId, results AS Results, count(*) AS Count FROM buildrequests WHERE buildset_id IN "), Requests.CompletedIds)
            .Append(" GROUP BY buildset_id, results");
        Prefetch.Statements.Add(sql, counts, () =>
        {
            foreach (IGrouping<long, ResultCountRow> rows in counts.Rows.GroupBy(row => row.BuildsetId))
            {
                if (!Prefetch.IsLocked(new RowKey(Table, rows.Key)))
                    continue;

                var progress = new BuildsetProgress { IncompleteCount = rows.FirstOrDefault(row => row.Results is null)?.Count ?? 0 };
                progress.Results.UnionWith(rows.Where(row => row.Results is not null).Select(row => (BuildResult)row.Results!));
                _cache.Progress[rows.Key] = progress;
            }
        });
    }

    private void ReadUniqueKeys()
    {
        string[] keys = [.. Prefetch.Needs<AddBuildsetArguments>().Select(buildset => buildset.UniqueKey).OfType<string>().Distinct()];
        if (keys.Length == 0)
            return;

        var known = new ListSink<UniqueKeyRow>();
        Prefetch.Statements.Add(new SqlBuilder().Append("SELECT id AS Id, unique_key AS UniqueKey FROM buildsets WHERE unique_key IN ").AppendList(keys), known, () =>
        {
            foreach (string key in keys)
                _cache.UniqueKeys[key] = null;
            known.Rows.ForEach(row => _cache.UniqueKeys[row.UniqueKey] = row.Id);
        });
    }

    /// <summary>
    /// Reads the properties of the buildsets to which the requested build requests belong, because events of these requests include the
    /// properties.
    /// </summary>
    private void ReadProperties()
    {
        SortedSet<long> requests = Prefetch.IdsToLock(DataTables.BuildRequests.Name);
        if (!Prefetch.WantsProperties || (requests.Count == 0 && !Requests.MayReplaceRequests))
            return;

        PropertyPrefetchStatements.Add(
            Prefetch,
            sql => AppendIds(
                sql.Append("buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id WHERE owner.id IN "), requests),
            (id, properties) => _cache.Properties[id] = properties);
    }

    /// <summary>
    /// Appends a subquery for the ids of three kinds of buildsets: the requested ones, those of <paramref name="requests"/>, and those of
    /// replaced requests.
    /// </summary>
    private SqlBuilder AppendIds(SqlBuilder sql, IReadOnlyCollection<long> requests)
    {
        string separator = "(";
        SortedSet<long> requested = Prefetch.IdsToLock(Table);
        if (requested.Count > 0)
            Next().Append("SELECT wanted.id FROM ").AppendValues([.. requested], static (sql, id) => sql.Value(id), SqlLists.PaddingId).Append(" AS wanted (id)");
        if (requests.Count > 0)
            Next().Append("SELECT buildset_id FROM buildrequests WHERE id IN ").AppendList([.. requests]);
        if (Requests.MayReplaceRequests)
            Requests.AppendReplaceableRequests(Next().Append("SELECT request.buildset_id FROM "));
        return sql.Append(")");

        SqlBuilder Next()
        {
            sql.Append(separator);
            separator = " UNION ALL ";
            return sql;
        }
    }

    /// <summary>Represents how many requests of a buildset have a certain result. The result is null for the incomplete requests.</summary>
    private sealed class ResultCountRow
    {
        public long BuildsetId { get; init; }

        public long? Results { get; init; }

        public long Count { get; init; }
    }

    /// <summary>Represents the id of the buildset with a unique key.</summary>
    private sealed class UniqueKeyRow
    {
        public long Id { get; init; }

        public string UniqueKey { get; init; } = "";
    }
}
