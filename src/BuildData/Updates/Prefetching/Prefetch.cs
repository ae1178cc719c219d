using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Reads and locks what a batch of updates needs, in two round trips at most. The first finds source stamps, and is left out
/// where they are known. The second locks rows: builders, buildsets, build requests, builds and steps, in this order and by id in
/// each table, for all masters. Then, with the locks, it reads what the updates look at.
/// </summary>
/// <param name="scope">The scope of the transaction.</param>
/// <param name="updates">The updates.</param>
/// <param name="waits">Whether to wait for rows that others have locked. Otherwise their updates are blocked.</param>
internal sealed class Prefetch(UpdateScope scope, IReadOnlyList<StoreUpdate> updates, bool waits)
{
    private readonly List<(SqlBuilder Sql, RowSink Sink)> _queries = [];
    private readonly List<Action> _read = [];
    private readonly SortedSet<long> _builders = [];
    private readonly SortedSet<long> _buildsets = [];
    private readonly SortedSet<long> _requests = [];
    private readonly SortedSet<long> _completes = [];
    private readonly SortedSet<long> _builds = [];
    private readonly SortedSet<long> _steps = [];
    private readonly HashSet<(long BuilderId, string Key)> _waiting = [];
    private readonly HashSet<RowKey> _locked = [];
    private readonly HashSet<RowKey> _blocked = [];
    private readonly HashSet<(long BuilderId, string Key)> _blockedKeys = [];

    private HeldRows Held => scope.Held;

    private SharedRows Shared => scope.Held.Shared!;

    private string LockClause(string alias) => scope.Session.Dialect.LockRows(alias, skipsLocked: !waits);

    /// <returns>The updates that need rows which others have locked.</returns>
    public async ValueTask<IReadOnlyCollection<StoreUpdate>> Run()
    {
        UpdateNeeds[] needs = [.. updates.Select(update => update.Needs(scope.Options))];
        await FindStamps(needs).ConfigureAwait(false);
        TakeShared(needs);
        LockAll();
        ReadAll(needs);
        await Query().ConfigureAwait(false);
        if (waits)
            return [];

        await FindBlocked().ConfigureAwait(false);
        return _blocked.Count + _blockedKeys.Count == 0 ? [] : [.. updates.Where((_, i) => IsBlocked(needs[i]))];
    }

    /// <summary>Finds the source stamps of new buildsets, on which depends what else is needed.</summary>
    private async ValueTask FindStamps(UpdateNeeds[] all)
    {
        var hashes = new SortedSet<string>(StringComparer.Ordinal);
        var ids = new SortedSet<long>();
        foreach (SourceStampRef stamp in all.SelectMany(needs => needs.NewBuildset?.SourceStamps ?? []))
        {
            lock (Shared.Lock)
            {
                if (stamp.Id is { } id)
                    Know(Shared.Stamp(id), () => ids.Add(id));
                else if (stamp.Key is { Patch: null } key && SourceStampRows.Hash(key) is var hash)
                    Know(Shared.Stamp(hash), () => hashes.Add(hash));
            }
        }

        if (hashes.Count > 0)
            AddStamps("ss.key_hash", sql => sql.AppendList([.. hashes]));
        if (ids.Count > 0)
            AddStamps("ss.id", sql => sql.AppendList([.. ids]));
        await Query().ConfigureAwait(false);
        Held.MissingStamps.UnionWith(hashes.Where(hash => !Held.StampsByHash.ContainsKey(hash)));

        void Know(SourceStamp? known, Action ask)
        {
            if (known is null)
                ask();
            else
                Hold(known);
        }

        void AddStamps(string column, Action<SqlBuilder> appendList)
        {
            ResourceSink<SourceStamp> sink = Catalog.SourceStamps.CreateSink(ResultSpec.Empty);
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(Catalog.SourceStamps.Columns).Append(" FROM ").Append(Catalog.SourceStamps.Table)
                .Append(" WHERE ").Append(column).Append(" IN ");
            appendList(sql);
            Add(sql, sink, () => sink.Resources.ForEach(Hold));
        }
    }

    private void Hold(SourceStamp stamp)
    {
        Held.StampsById[stamp.SourceStampId] = stamp;
        if (stamp.Patch is null)
            Held.StampsByHash[SourceStampRows.Hash(SourceStampKey.Of(stamp))] = stamp;
    }

    /// <summary>Takes what is known from earlier transactions, and collects what has to be locked.</summary>
    private void TakeShared(UpdateNeeds[] all)
    {
        lock (Shared.Lock)
        {
            foreach (UpdateNeeds needs in all)
            {
                foreach (RowKey row in needs.Rows)
                    Take(row, needs);
                if (needs.NewBuildset is { } buildset && KeyOf(buildset) is { } key)
                    _waiting.UnionWith(buildset.BuilderIds.Select(builder => (builder, key)));
            }
        }
    }

    private void Take(RowKey row, UpdateNeeds needs)
    {
        switch (row.Table)
        {
            case "builders":
                _builders.Add(row.Id);
                break;
            case "buildsets":
                _buildsets.Add(row.Id);
                break;
            case "buildrequests":
                (needs.CompletesRequests ? _completes : _requests).Add(row.Id);
                break;
            case "builds" when !Held.Builds.ContainsKey(row.Id) && !TakeBuild(row):
                _builds.Add(row.Id);
                break;
            case "steps" when !Held.Steps.ContainsKey(row.Id) && !TakeStep(row):
                _steps.Add(row.Id);
                break;
        }
    }

    private bool TakeStep(RowKey row)
    {
        if (waits || !Shared.TryTakeStep(row.Id, out Step? step, out long version))
            return false;

        Held.Steps[row.Id] = step!;
        Held.Versions[row] = version;
        Held.Unverified.Add(row);
        return true;
    }

    private bool TakeBuild(RowKey row)
    {
        if (waits || !Shared.TryTakeBuild(row.Id, out var known) || known.Names is null || known.Properties is null)
            return false;

        Held.Builds[row.Id] = known.Build;
        Held.HoldAllNames(row.Id, known.Names);
        Held.BuildProperties[row.Id] = known.Properties;
        Held.Versions[row] = known.Version;
        Held.Unverified.Add(row);
        return true;
    }

    /// <summary>The collapse key of a buildset whose source stamps are known; null if none can wait with it.</summary>
    private string? KeyOf(NewBuildset buildset)
    {
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef named in buildset.SourceStamps)
        {
            SourceStamp? stamp = named.Id is { } id ? Held.StampsById.GetValueOrDefault(id)
                : named.Key is { Patch: null } key ? Held.StampsByHash.GetValueOrDefault(SourceStampRows.Hash(key)) : null;
            if (stamp is null)
                return null;
            stamps[stamp.SourceStampId] = stamp;
        }

        return CollapseKey.Of(scope.Options.CollapseBuildRequests, [.. stamps.Values], buildset.Properties, buildset.WaitedFor);
    }

    private void LockAll()
    {
        foreach (long[] ids in IdList.Split(_builders))
            AddLocks("builders", new SqlBuilder().Append("SELECT d.id FROM builders AS d WHERE d.id IN ").AppendList(ids).Append(" ORDER BY d.id").Append(LockClause("d")));

        if (HasBuildsets)
            AddLocks("buildsets", AppendBuildsets(new SqlBuilder().Append("SELECT t.id FROM buildsets AS t WHERE t.id IN ")).Append(" ORDER BY t.id").Append(LockClause("t")));

        foreach (long[] ids in IdList.Split([.. _requests, .. _completes]))
            AddRequests(new SqlBuilder().Append("SELECT ").Append(Catalog.BuildRequests.Columns).Append(" FROM buildrequests AS r WHERE r.id IN ").AppendList(ids));
        if (_waiting.Count > 0)
        {
            AddRequests(AppendWaiting(new SqlBuilder().Append("SELECT ").Append(Catalog.BuildRequests.Columns).Append(" FROM ")));
        }

        AddResources(Catalog.Builds, "builds", _builds, build => Held.Builds[build.BuildId] = build);
        AddResources(Catalog.Steps, "steps", _steps, step => Held.Steps[step.StepId] = step);

        void AddRequests(SqlBuilder sql)
        {
            ResourceSink<BuildRequest> sink = Catalog.BuildRequests.CreateSink(ResultSpec.Empty);
            Add(sql.Append(" ORDER BY r.id").Append(LockClause("r")), sink, () => sink.Resources.ForEach(request =>
            {
                Held.BuildRequests[request.BuildRequestId] = request;
                _locked.Add(new RowKey("buildrequests", request.BuildRequestId));
            }));
        }
    }

    private void ReadAll(UpdateNeeds[] all)
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
        foreach (IGrouping<string, (string Table, int Count)> ids in all.SelectMany(needs => needs.NewIds).GroupBy(ids => ids.Table).OrderBy(ids => ids.Key, StringComparer.Ordinal))
        {
            if (scope.Session.Reserve(ids.Key, ids.Sum(id => id.Count)) is { } query)
                _queries.Add(query);
        }
    }

    private void ReadBuilders(UpdateNeeds[] all)
    {
        long[] described = [.. all.Where(needs => needs.DescribesBuilder).SelectMany(needs => needs.Rows).Select(row => row.Id).Distinct()];
        if (described.Length > 0)
        {
            AddDetailed(
                Catalog.Builders, sql => sql.AppendList(described),
                builder => Held.Builders[builder.BuilderId] = builder, row => _locked.Contains(new RowKey("builders", row.BuilderId)));
        }

        long[] growing = [.. all.Select(needs => needs.NewBuildOf ?? IdList.NoId).Where(id => id != IdList.NoId).Distinct()];
        if (growing.Length == 0)
            return;

        var latest = new ListSink<PrefetchedRows.Latest>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT k.id AS BuilderId, (SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = k.id) AS Number FROM ")
            .AppendValues(growing, static (sql, id) => sql.Value(id), IdList.NoId).Append(" AS k (id)");
        Add(sql, latest, () => latest.Rows.ForEach(row =>
        {
            if (_locked.Contains(new RowKey("builders", row.BuilderId)))
                Held.BuildNumbers[row.BuilderId] = row.Number;
        }));
    }

    private void ReadBuildsets()
    {
        AddDetailed(
            Catalog.Buildsets, sql => AppendBuildsets(sql),
            buildset => Held.Buildsets[buildset.BuildsetId] = buildset, buildset => _locked.Contains(new RowKey("buildsets", buildset.BuildsetId)));
        if (_waiting.Count == 0)
            return;

        // Without a lock: it shows the requests that somebody else has locked.
        var waiting = new ListSink<PrefetchedRows.Waiting>();
        SqlBuilder sql = AppendWaiting(
            new SqlBuilder().Append("SELECT r.id AS BuildRequestId, r.buildset_id AS BuildsetId, r.builder_id AS BuilderId, r.collapse_key AS CollapseKey FROM "))
            .Append(" ORDER BY r.id");
        Add(sql, waiting, () =>
        {
            foreach ((long, string) key in _waiting)
                Held.Waiting[key] = [];
            foreach (PrefetchedRows.Waiting row in waiting.Rows)
            {
                if (_locked.Contains(new RowKey("buildrequests", row.BuildRequestId)) && _locked.Contains(new RowKey("buildsets", row.BuildsetId)))
                    Held.Waiting[(row.BuilderId, row.CollapseKey)].Add(row.BuildRequestId);
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
                if (!Held.Progress.TryGetValue(row.BuildsetId, out BuildsetProgress? progress))
                    Held.Progress.Add(row.BuildsetId, progress = new BuildsetProgress());
                if (row.Results is { } results)
                    progress.Results.Add((BuildResult)results);
                else
                    progress.Open = row.Count;
            }
        });
    }

    private void ReadNames(UpdateNeeds[] all)
    {
        foreach (IGrouping<string, (string Table, string Name)> table in all.SelectMany(needs => needs.Names).Distinct().GroupBy(name => name.Table))
        {
            var unknown = new List<string>();
            foreach ((string _, string name) in table)
            {
                lock (Shared.Lock)
                {
                    if (Shared.Name(table.Key, name) is { } known)
                        Held.Names[(table.Key, name)] = known;
                    else
                        unknown.Add(name);
                }
            }

            if (unknown.Count == 0)
                continue;

            var named = new ListSink<PrefetchedRows.Named>();
            Add(
                new SqlBuilder().Append("SELECT id AS Id, name AS Name FROM ").Append(table.Key).Append(" WHERE name IN ").AppendList(unknown),
                named,
                () =>
                {
                    named.Rows.ForEach(row => Held.Names[(table.Key, row.Name)] = row.Id);
                    Held.MissingNames.UnionWith(unknown.Select(name => (table.Key, name)).Where(name => !Held.Names.ContainsKey(name)));
                });
        }
    }

    private void ReadUniqueKeys(UpdateNeeds[] all)
    {
        string[] keys = [.. all.Select(needs => needs.UniqueKey).OfType<string>().Distinct()];
        if (keys.Length == 0)
            return;

        var known = new ListSink<PrefetchedRows.Keyed>();
        Add(new SqlBuilder().Append("SELECT id AS Id, unique_key AS UniqueKey FROM buildsets WHERE unique_key IN ").AppendList(keys), known, () =>
        {
            foreach (string key in keys)
                Held.UniqueKeys[key] = null;
            known.Rows.ForEach(row => Held.UniqueKeys[row.UniqueKey] = row.Id);
        });
    }

    private void ReadReferences(UpdateNeeds[] all)
    {
        foreach (IGrouping<string, RowKey> table in all.SelectMany(needs => needs.References).Distinct().GroupBy(row => row.Table))
        {
            if (table.Key == "buildrequests")
            {
                ResourceSink<BuildRequest> requests = Catalog.BuildRequests.CreateSink(ResultSpec.Empty);
                Add(
                    new SqlBuilder().Append("SELECT ").Append(Catalog.BuildRequests.Columns).Append(" FROM buildrequests AS r WHERE r.id IN ").AppendList([.. table.Select(row => row.Id)]),
                    requests, () => requests.Resources.ForEach(request => Held.ReadRequests[request.BuildRequestId] = request));
                continue;
            }

            RowKey[] unknown;
            lock (Shared.Lock)
                unknown = [.. table.Where(row => !Shared.Knows(row))];
            foreach (RowKey row in table.Except(unknown))
                Held.Know(row);
            if (unknown.Length == 0)
                continue;

            var ids = new ListSink<long>();
            Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table.Key).Append(" WHERE id IN ").AppendList([.. unknown.Select(row => row.Id)]),
                ids, () => ids.Rows.ForEach(id => Held.Know(new RowKey(table.Key, id))));
        }
    }

    private void ReadProperties()
    {
        if (!scope.WantsProperties)
            return;

        foreach (long[] ids in IdList.Split(_builds))
        {
            AddProperties(
                sql => sql.Append("builds AS o LEFT JOIN build_properties AS p ON p.build_id = o.id WHERE o.id IN ").AppendList(ids),
                (id, properties) => Held.BuildProperties[id] = properties);
        }

        if (_requests.Count + _completes.Count + _waiting.Count == 0)
            return;

        AddProperties(
            sql => AppendBuildsets(
                sql.Append("buildsets AS o LEFT JOIN buildset_properties AS p ON p.buildset_id = o.id WHERE o.id IN "), ofAllRequests: true),
            (id, properties) => Held.BuildsetProperties[id] = properties);
    }

    private void AddProperties(Action<SqlBuilder> appendTables, Action<long, PropertyMap> hold)
    {
        var sink = new DetailedSink<PropertyOwnerRow, PropertyRow, (long Id, PropertyMap Properties)>(
            1, static (owner, properties) => (owner.OwnerId, PropertyRow.ToMap(properties)));
        SqlBuilder sql = new SqlBuilder().Append("SELECT o.id AS OwnerId, p.name AS PropertyName, p.value AS PropertyValue, p.source AS PropertySource FROM ");
        appendTables(sql);
        Add(sql.Append(" ORDER BY o.id, p.name"), sink, () => sink.Resources.ForEach(owner => hold(owner.Id, owner.Properties)));
    }

    /// <summary>The names of builds' steps. Whoever holds a build's row sees all of its steps.</summary>
    private void ReadStepNames(UpdateNeeds[] all)
    {
        long[] builds = [.. all.Select(needs => needs.NewStepOf ?? IdList.NoId).Where(id => id != IdList.NoId && !Held.HasAllNames(id)).Distinct()];
        if (builds.Length == 0)
            return;

        // Not a plain join: without fresh statistics, of a table that grows, it would be one that reads all steps there are.
        var names = new ListSink<StepNameRow>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT s.build_id AS BuildId, s.name AS Name FROM ").AppendValues(builds, static (sql, id) => sql.Value(id), IdList.NoId)
            .Append($" AS k (build_id) CROSS JOIN LATERAL (SELECT build_id, name FROM steps WHERE build_id = k.build_id LIMIT {StepNames.MostHeld + 1} + 0) AS s");
        Add(sql, names, () =>
        {
            ILookup<long, string> added = names.Rows.ToLookup(row => row.BuildId, row => row.Name);

            // Of builds with very many steps the names are not held, and the update asks for what it needs.
            foreach (long id in builds.Where(id => Held.Builds.ContainsKey(id) && added[id].Count() <= StepNames.MostHeld))
            {
                var all = new StepNames(Held.Builds[id].BuilderId);
                foreach (string name in added[id])
                    all.Add(name);
                Held.HoldAllNames(id, all);
            }
        });
    }

    /// <summary>Finds out which rows were asked for that others have locked, as opposed to rows that do not exist.</summary>
    private async ValueTask FindBlocked()
    {
        foreach (BuildRequest request in _completes.Where(Held.BuildRequests.ContainsKey).Select(id => Held.BuildRequests[id]))
        {
            if (!_locked.Contains(new RowKey("buildsets", request.BuildsetId)))
                _blocked.Add(new RowKey("buildrequests", request.BuildRequestId));
        }

        foreach ((string table, SortedSet<long> asked) in (ReadOnlySpan<(string, SortedSet<long>)>)
            [("builders", _builders), ("buildsets", _buildsets), ("buildrequests", [.. _requests, .. _completes]), ("builds", _builds), ("steps", _steps)])
        {
            long[] missing = [.. asked.Where(id => !_locked.Contains(new RowKey(table, id)))];
            if (missing.Length == 0)
                continue;

            var ids = new ListSink<long>();
            Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table).Append(" WHERE id IN ").AppendList(missing),
                ids, () => _blocked.UnionWith(ids.Rows.Select(id => new RowKey(table, id))));
        }

        await Query().ConfigureAwait(false);
    }

    private bool IsBlocked(UpdateNeeds needs) =>
        needs.Rows.Any(_blocked.Contains)
        || (_blockedKeys.Count > 0 && needs.NewBuildset is { } buildset && KeyOf(buildset) is { } key
            && buildset.BuilderIds.Any(builder => _blockedKeys.Contains((builder, key))));

    private bool HasBuildsets => _buildsets.Count + _completes.Count + _waiting.Count > 0;

    /// <summary>Appends the ids of buildsets, in parentheses: those given, and those of build requests.</summary>
    private SqlBuilder AppendBuildsets(SqlBuilder sql, bool ofAllRequests = false)
    {
        string separator = "(";
        if (_buildsets.Count > 0)
            Next().Append("SELECT k.id FROM ").AppendValues([.. _buildsets], static (sql, id) => sql.Value(id), IdList.NoId).Append(" AS k (id)");
        long[] requests = ofAllRequests ? [.. _requests, .. _completes] : [.. _completes];
        if (requests.Length > 0)
            Next().Append("SELECT buildset_id FROM buildrequests WHERE id IN ").AppendList(requests);
        if (_waiting.Count > 0)
            AppendWaiting(Next().Append("SELECT r.buildset_id FROM "));
        return sql.Append(")");

        SqlBuilder Next()
        {
            sql.Append(separator);
            separator = " UNION ALL ";
            return sql;
        }
    }

    /// <summary>Appends the build requests that requests of new buildsets replace, as <c>r</c>.</summary>
    private SqlBuilder AppendWaiting(SqlBuilder sql) =>
        sql.AppendValues<(long BuilderId, string Key)>(
            [.. _waiting], static (sql, key) => sql.Value(key.BuilderId).Append(", ").Value(key.Key), (IdList.NoId, ""))
            .Append(
                """
                 AS k (builder_id, collapse_key) JOIN buildrequests AS r
                ON r.builder_id = k.builder_id AND r.collapse_key = k.collapse_key AND r.claimed_by IS NULL AND r.complete = 0
                """);

    private void AddLocks(string table, SqlBuilder sql)
    {
        var ids = new ListSink<long>();
        Add(sql, ids, () =>
        {
            foreach (long id in ids.Rows)
            {
                _locked.Add(new RowKey(table, id));
                if (table == "builders")
                {
                    Held.Know(new RowKey(table, id));
                    Held.LockedBuilders.Add(id);
                }
            }
        });
    }

    private void AddResources<T>(TableResource<T> resource, string table, SortedSet<long> ids, Action<T> hold)
        where T : class
    {
        foreach (long[] some in IdList.Split(ids))
        {
            var sink = new VersionedSink<T>(resource.CreateSink(ResultSpec.Empty), table, Held.Versions);
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns).Append(", ").Append(scope.Session.Dialect.RowVersion(resource.Alias))
                .Append(" AS Version FROM ").Append(resource.Table).Append(" WHERE ").Append(resource.Key).Append(" IN ").AppendList(some)
                .Append(" ORDER BY ").Append(resource.Key).Append(LockClause(resource.Alias));
            Add(sql, sink, () =>
            {
                sink.Complete();
                foreach (T row in sink.Resources)
                {
                    hold(row);
                    _locked.Add(new RowKey(table, resource.KeyOf(row)));
                }
            });
        }
    }

    private void AddDetailed<T>(TableResource<T> resource, Action<SqlBuilder> appendIds, Action<T> hold, Func<T, bool> isLocked)
        where T : class
    {
        ResourceSink<T> sink = resource.CreateSink(ResultSpec.Empty);
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, ResultSpec.Empty);
        sql.Append(" FROM ").Append(resource.Table);
        resource.AppendDetailJoins(sql, ResultSpec.Empty);
        sql.Append(" WHERE ").Append(resource.Key).Append(" IN ");
        appendIds(sql);
        sql.Append(" ORDER BY ").Append(resource.Key).Append(", ").Append(resource.DetailOrder(ResultSpec.Empty));
        Add(sql, sink, () =>
        {
            foreach (T row in sink.Resources.Where(isLocked))
                hold(row);
        });
    }

    private void Add(SqlBuilder sql, RowSink sink, Action read)
    {
        _queries.Add((sql, sink));
        _read.Add(read);
    }

    private void Add<T>(SqlBuilder sql, ResourceSink<T> sink, Action read) =>
        Add(sql, (RowSink)sink, () =>
        {
            sink.Complete();
            read();
        });

    private async ValueTask Query()
    {
        if (_queries.Count == 0)
            return;

        await scope.Session.QueryAll(_queries, CancellationToken.None).ConfigureAwait(false);
        _read.ForEach(read => read());
        _queries.Clear();
        _read.Clear();
    }
}
