using BuildData.Resources.BuildRequests;
using BuildData.Resources.Properties;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Buildsets;

/// <summary>
/// Prefetches the buildsets that updates lock. Also prefetches the buildsets whose build requests the updates complete or replace.
/// Looks up the unique keys of new buildsets, and prefetches the properties that events include.
/// </summary>
internal sealed class BuildsetPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = ResourceTables.Buildsets.Name;

    private readonly BuildsetCache _cache = prefetch.Cache.GetPart<BuildsetCache>();

    private BuildRequestPrefetcher Requests => Prefetch.GetPrefetcher<BuildRequestPrefetcher>();

    private bool LocksBuildsets => Prefetch.IdsToLock(Table).Count + Requests.IdsNeedingBuildsets.Count > 0 || Requests.MayReplaceRequests;

    public override void AddLockingReads()
    {
        if (!LocksBuildsets)
            return;

        var ids = new ListSink<long>();
        SqlBuilder sql = AppendIds(new SqlBuilder().Append("SELECT buildset.id FROM buildsets AS buildset WHERE buildset.id IN "), Requests.IdsNeedingBuildsets)
            .Append(" ORDER BY buildset.id").Append(Prefetch.LockClause("buildset"));
        Prefetch.Statements.Add(sql, ids, () => ids.Rows.ForEach(id => Prefetch.SetLocked(new RowKey(Table, id))));
    }

    public override void AddReadsAfterLocking()
    {
        if (LocksBuildsets)
        {
            Prefetch.Statements.AddWithDetails(BuildsetDefinition.Instance, sql => AppendIds(sql, Requests.IdsNeedingBuildsets), buildset =>
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
            new SqlBuilder().Append("SELECT buildset_id AS BuildsetId, results AS Results, count(*) AS Count FROM buildrequests WHERE buildset_id IN "), Requests.IdsNeedingBuildsets)
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
    /// Reads the properties of each buildset that has a build request which an update locks or replaces. The events of the build request
    /// include these properties.
    /// </summary>
    private void ReadProperties()
    {
        SortedSet<long> requests = Prefetch.IdsToLock(ResourceTables.BuildRequests.Name);
        if (!Prefetch.WantsProperties || (requests.Count == 0 && !Requests.MayReplaceRequests))
            return;

        PropertyPrefetchStatements.AddReadStatement(
            Prefetch,
            sql => AppendIds(
                sql.Append("buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id WHERE owner.id IN "), requests),
            (id, properties) => _cache.Properties[id] = properties);
    }

    /// <summary>
    /// Appends a subquery that returns the ids of all needed buildsets. These are the buildsets that updates lock, the buildsets of the
    /// waiting requests that new requests replace, and the buildsets of the requests in <paramref name="requests"/>.
    /// </summary>
    /// <param name="sql">The statement.</param>
    /// <param name="requests">The ids of further requests.</param>
    private SqlBuilder AppendIds(SqlBuilder sql, IReadOnlyCollection<long> requests)
    {
        string separator = "(";
        SortedSet<long> requested = Prefetch.IdsToLock(Table);
        if (requested.Count > 0)
            Next().Append("SELECT wanted.id FROM ").AppendValues([.. requested], static (sql, id) => sql.Value(id), SqlListExtensions.PaddingId).Append(" AS wanted (id)");
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

    /// <summary>Represents how many requests of a buildset have the same result. The result of an incomplete request is null.</summary>
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
