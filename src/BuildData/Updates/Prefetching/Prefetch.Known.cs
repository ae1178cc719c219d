using BuildData.Stores;

namespace BuildData;

// What is known before anything is locked.
internal sealed partial class Prefetch
{
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

        // One with a patch is always new.
        int patches = all.Sum(needs => needs.NewBuildset?.SourceStamps.Count(stamp => stamp.Key?.Patch is not null) ?? 0);
        AddNewRows("sourcestamps", Held.MissingStamps.Count + patches);
        AddNewRows("patches", patches);

        void AddNewRows(string table, int count)
        {
            if (count > 0)
                _newRows.Add((table, count));
        }

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
            case "builds" when !Held.Builds.ContainsKey(row.Id) && (waits || !Held.TryTake(row)):
                _builds.Add(row.Id);
                break;
            case "steps" when !Held.Steps.ContainsKey(row.Id) && (waits || !Held.TryTake(row)):
                _steps.Add(row.Id);
                break;
        }
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
}
