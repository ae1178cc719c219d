using BuildData.Definitions;
using BuildData.Resources.Builders;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Properties;
using BuildData.Resources.Steps;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Updating.Prefetching;

// Reads data after the rows are locked.
internal sealed partial class Prefetch
{
    private void ReadAll(PrefetchPlan[] all)
    {
        ReadBuilders(all);
        if (HasBuildsets)
        {
            ReadBuildsets();
            ReadProgress();
        }

        ReadNames(all);
        ReadUniqueKeys(all);
        ReadReferences(all);
        ReadProperties();
        ReadStepNames(all);
        foreach (IGrouping<string, (string Table, int Count)> ids in all.SelectMany(plan => plan.NewIds).Concat(_newRows).GroupBy(ids => ids.Table).OrderBy(ids => ids.Key, StringComparer.Ordinal))
        {
            if (context.Session.Reserve(ids.Key, ids.Sum(id => id.Count)) is { } query)
                _queries.Add(query);
        }
    }

    private void ReadBuilders(PrefetchPlan[] all)
    {
        long[] described = [.. all.Where(plan => plan.DescribesBuilder).SelectMany(plan => plan.Rows).Select(row => row.Id).Distinct()];
        if (described.Length > 0)
        {
            AddDetailed(
                BuilderDefinition.Instance, sql => sql.AppendList(described),
                builder => Cache.Builders[builder.BuilderId] = builder, row => _locked.Contains(new RowKey("builders", row.BuilderId)));
        }

        long[] growing = [.. all.Select(plan => plan.NewBuildOf ?? IdList.NoId).Where(id => id != IdList.NoId).Distinct()];
        if (growing.Length == 0)
            return;

        var latest = new ListSink<PrefetchedRows.Latest>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT wanted.id AS BuilderId, (SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = wanted.id) AS Number FROM ")
            .AppendValues(growing, static (sql, id) => sql.Value(id), IdList.NoId).Append(" AS wanted (id)");
        Add(sql, latest, () => latest.Rows.ForEach(row =>
        {
            if (_locked.Contains(new RowKey("builders", row.BuilderId)))
                Cache.BuildNumbers[row.BuilderId] = row.Number;
        }));
    }

    private void ReadBuildsets()
    {
        AddDetailed(
            BuildsetDefinition.Instance, sql => AppendBuildsets(sql),
            buildset => Cache.Buildsets[buildset.BuildsetId] = buildset, buildset => _locked.Contains(new RowKey("buildsets", buildset.BuildsetId)));
        if (_waiting.Count == 0)
            return;

        // This query takes no locks, so it also returns the requests that other transactions have locked.
        var waiting = new ListSink<PrefetchedRows.Waiting>();
        SqlBuilder sql = AppendWaiting(
            new SqlBuilder().Append("SELECT request.id AS BuildRequestId, request.buildset_id AS BuildsetId, request.builder_id AS BuilderId, request.collapse_key AS CollapseKey FROM "))
            .Append(" ORDER BY request.id");
        Add(sql, waiting, () =>
        {
            foreach ((long, string) key in _waiting)
                Cache.Waiting[key] = [];
            foreach (PrefetchedRows.Waiting row in waiting.Rows)
            {
                if (_locked.Contains(new RowKey("buildrequests", row.BuildRequestId)) && _locked.Contains(new RowKey("buildsets", row.BuildsetId)))
                    Cache.Waiting[(row.BuilderId, row.CollapseKey)].Add(row.BuildRequestId);
                else
                    _blockedKeys.Add((row.BuilderId, row.CollapseKey));
            }
        });
    }

    private void ReadProgress()
    {
        var ended = new ListSink<PrefetchedRows.Ended>();
        SqlBuilder sql = AppendBuildsets(new SqlBuilder().Append("SELECT buildset_id AS BuildsetId, results AS Results, count(*) AS Count FROM buildrequests WHERE buildset_id IN "))
            .Append(" GROUP BY buildset_id, results");
        Add(sql, ended, () =>
        {
            foreach (PrefetchedRows.Ended row in ended.Rows.Where(row => _locked.Contains(new RowKey("buildsets", row.BuildsetId))))
            {
                if (!Cache.Progress.TryGetValue(row.BuildsetId, out BuildsetProgress? progress))
                    Cache.Progress.Add(row.BuildsetId, progress = new BuildsetProgress());
                if (row.Results is { } results)
                    progress.Results.Add((BuildResult)results);
                else
                    progress.Open = row.Count;
            }
        });
    }

    private void ReadNames(PrefetchPlan[] all)
    {
        foreach (IGrouping<string, (string Table, string Name)> table in all.SelectMany(plan => plan.Names).Distinct().GroupBy(name => name.Table))
        {
            var unknown = new List<string>();
            foreach ((string _, string name) in table)
            {
                lock (Shared.Lock)
                {
                    if (Shared.Name(table.Key, name) is { } known)
                        Cache.Names[(table.Key, name)] = known;
                    else
                        unknown.Add(name);
                }
            }

            if (unknown.Count == 0)
                continue;

            _newRows.Add((table.Key, unknown.Count));
            var named = new ListSink<PrefetchedRows.Named>();
            Add(
                new SqlBuilder().Append("SELECT id AS Id, name AS Name FROM ").Append(table.Key).Append(" WHERE name IN ").AppendList(unknown),
                named,
                () =>
                {
                    named.Rows.ForEach(row => Cache.Names[(table.Key, row.Name)] = row.Id);
                    Cache.MissingNames.UnionWith(unknown.Select(name => (table.Key, name)).Where(name => !Cache.Names.ContainsKey(name)));
                });
        }
    }

    private void ReadUniqueKeys(PrefetchPlan[] all)
    {
        string[] keys = [.. all.Select(plan => plan.UniqueKey).OfType<string>().Distinct()];
        if (keys.Length == 0)
            return;

        var known = new ListSink<PrefetchedRows.Keyed>();
        Add(new SqlBuilder().Append("SELECT id AS Id, unique_key AS UniqueKey FROM buildsets WHERE unique_key IN ").AppendList(keys), known, () =>
        {
            foreach (string key in keys)
                Cache.UniqueKeys[key] = null;
            known.Rows.ForEach(row => Cache.UniqueKeys[row.UniqueKey] = row.Id);
        });
    }

    private void ReadReferences(PrefetchPlan[] all)
    {
        foreach (IGrouping<string, RowKey> table in all.SelectMany(plan => plan.References).Distinct().GroupBy(row => row.Table))
        {
            if (table.Key == "buildrequests")
            {
                ResourceSink<BuildRequest> requests = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
                Add(
                    new SqlBuilder().Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM buildrequests AS request WHERE request.id IN ").AppendList([.. table.Select(row => row.Id)]),
                    requests, () => requests.Resources.ForEach(request => Cache.ReadRequests[request.BuildRequestId] = request));
                continue;
            }

            RowKey[] unknown;
            lock (Shared.Lock)
                unknown = [.. table.Where(row => !Shared.Knows(row))];
            foreach (RowKey row in table.Except(unknown))
                Cache.Know(row);
            if (unknown.Length == 0)
                continue;

            var ids = new ListSink<long>();
            Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table.Key).Append(" WHERE id IN ").AppendList([.. unknown.Select(row => row.Id)]),
                ids, () => ids.Rows.ForEach(id => Cache.Know(new RowKey(table.Key, id))));
        }
    }

    private void ReadProperties()
    {
        if (!context.WantsProperties)
            return;

        foreach (long[] ids in IdList.Split(_builds))
        {
            AddProperties(
                sql => sql.Append("builds AS owner LEFT JOIN build_properties AS property ON property.build_id = owner.id WHERE owner.id IN ").AppendList(ids),
                (id, properties) => Cache.BuildProperties[id] = properties);
        }

        if (_requests.Count + _completes.Count + _waiting.Count == 0)
            return;

        AddProperties(
            sql => AppendBuildsets(
                sql.Append("buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id WHERE owner.id IN "), ofAllRequests: true),
            (id, properties) => Cache.BuildsetProperties[id] = properties);
    }

    private void AddProperties(Action<SqlBuilder> appendTables, Action<long, PropertyMap> hold)
    {
        ResourceSink<(long Id, PropertyMap Properties)> sink = PropertySql.CreateSink(static (owner, properties) => (owner, properties));
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(PropertySql.ColumnsWithOwner).Append(" FROM ");
        appendTables(sql);
        Add(sql.Append(" ORDER BY owner.id, property.name"), sink, () => sink.Resources.ForEach(owner => hold(owner.Id, owner.Properties)));
    }

    /// <summary>Reads the names of builds' steps. The lock on a build's row keeps other transactions from adding steps to it.</summary>
    private void ReadStepNames(PrefetchPlan[] all)
    {
        long[] builds = [.. all.Select(plan => plan.NewStepOf ?? IdList.NoId).Where(id => id != IdList.NoId && !Cache.HasAllNames(id)).Distinct()];
        if (builds.Length == 0)
            return;

        // A plain join is too slow: without fresh statistics of the growing table, the planner chooses a join that reads all steps.
        var names = new ListSink<StepNameRow>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT step.build_id AS BuildId, step.name AS Name FROM ").AppendValues(builds, static (sql, id) => sql.Value(id), IdList.NoId)
            .Append($" AS wanted (build_id) CROSS JOIN LATERAL (SELECT build_id, name FROM steps WHERE build_id = wanted.build_id LIMIT {StepNames.MostHeld + 1} + 0) AS step");
        Add(sql, names, () =>
        {
            ILookup<long, string> added = names.Rows.ToLookup(row => row.BuildId, row => row.Name);

            // The names of builds with very many steps are not cached. The update then queries the name that it needs.
            foreach (long id in builds.Where(id => Cache.Builds.ContainsKey(id) && added[id].Count() <= StepNames.MostHeld))
            {
                var all = new StepNames(Cache.Builds[id].BuilderId);
                foreach (string name in added[id])
                    all.Add(name);
                Cache.SetAllNames(id, all);
            }
        });
    }

    private void AddDetailed<T>(TableDefinition<T> resource, Action<SqlBuilder> appendIds, Action<T> hold, Func<T, bool> isLocked)
        where T : class
    {
        ResourceSink<T> sink = resource.CreateSink(PropertySelection.None);
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, PropertySelection.None);
        sql.Append(" FROM ").Append(resource.Table);
        resource.AppendDetailJoins(sql, PropertySelection.None);
        sql.Append(" WHERE ").Append(resource.Key).Append(" IN ");
        appendIds(sql);
        sql.Append(" ORDER BY ").Append(resource.Key).Append(", ").Append(resource.DetailOrder(PropertySelection.None));
        Add(sql, sink, () =>
        {
            foreach (T row in sink.Resources.Where(isLocked))
                hold(row);
        });
    }
}
