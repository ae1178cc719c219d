using BuildData.Definitions;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Updating.Prefetching;

// Uses the shared cache, before any row is locked.
internal sealed partial class Prefetch
{
    /// <summary>Finds the source stamps of new buildsets. The collapse keys and the number of new rows depend on them.</summary>
    private async ValueTask FindStamps(PrefetchPlan[] all)
    {
        var hashes = new SortedSet<string>(StringComparer.Ordinal);
        var ids = new SortedSet<long>();
        foreach (SourceStampRef stamp in all.SelectMany(plan => plan.NewBuildset?.SourceStamps ?? []))
        {
            lock (Shared.Lock)
            {
                if (stamp.Id is { } id)
                    Know(Shared.Stamp(id), () => ids.Add(id));
                else if (stamp.Key is { Patch: null } key && SourceStampTable.Hash(key) is var hash)
                    Know(Shared.Stamp(hash), () => hashes.Add(hash));
            }
        }

        if (hashes.Count > 0)
            AddStamps("stamp.key_hash", sql => sql.AppendList([.. hashes]));
        if (ids.Count > 0)
            AddStamps("stamp.id", sql => sql.AppendList([.. ids]));
        await Query().ConfigureAwait(false);
        Cache.MissingStamps.UnionWith(hashes.Where(hash => !Cache.StampsByHash.ContainsKey(hash)));

        // A source stamp with a patch is always new.
        int patches = all.Sum(plan => plan.NewBuildset?.SourceStamps.Count(stamp => stamp.Key?.Patch is not null) ?? 0);
        AddNewRows("sourcestamps", Cache.MissingStamps.Count + patches);
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
            ResourceSink<SourceStamp> sink = SourceStampDefinition.Instance.CreateSink(PropertySelection.None);
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(SourceStampDefinition.Instance.Columns).Append(" FROM ").Append(SourceStampDefinition.Instance.Table)
                .Append(" WHERE ").Append(column).Append(" IN ");
            appendList(sql);
            Add(sql, sink, () => sink.Resources.ForEach(Hold));
        }
    }

    private void Hold(SourceStamp stamp)
    {
        Cache.StampsById[stamp.SourceStampId] = stamp;
        if (stamp.Patch is null)
            Cache.StampsByHash[SourceStampTable.Hash(SourceStampKey.Of(stamp))] = stamp;
    }

    /// <summary>Takes rows from the shared cache, and collects the other rows, which have to be locked.</summary>
    private void TakeShared(PrefetchPlan[] all)
    {
        lock (Shared.Lock)
        {
            foreach (PrefetchPlan plan in all)
            {
                foreach (RowKey row in plan.Rows)
                    Take(row, plan);
                if (plan.NewBuildset is { } buildset && KeyOf(buildset) is { } key)
                    _waiting.UnionWith(buildset.BuilderIds.Select(builder => (builder, key)));
            }
        }
    }

    private void Take(RowKey row, PrefetchPlan plan)
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
                (plan.CompletesRequests ? _completes : _requests).Add(row.Id);
                break;
            case "builds" when !Cache.Builds.ContainsKey(row.Id) && (waits || !Cache.TryTakeShared(row)):
                _builds.Add(row.Id);
                break;
            case "steps" when !Cache.Steps.ContainsKey(row.Id) && (waits || !Cache.TryTakeShared(row)):
                _steps.Add(row.Id);
                break;
        }
    }

    /// <summary>Returns the collapse key of a buildset; null if no waiting build request can have the key.</summary>
    private string? KeyOf(NewBuildset buildset)
    {
        var stamps = new SortedDictionary<long, SourceStamp>();
        foreach (SourceStampRef named in buildset.SourceStamps)
        {
            SourceStamp? stamp = named.Id is { } id ? Cache.StampsById.GetValueOrDefault(id)
                : named.Key is { Patch: null } key ? Cache.StampsByHash.GetValueOrDefault(SourceStampTable.Hash(key)) : null;
            if (stamp is null)
                return null;
            stamps[stamp.SourceStampId] = stamp;
        }

        return CollapseKey.Of(context.Options.CollapseBuildRequests, [.. stamps.Values], buildset.Properties, buildset.WaitedFor);
    }
}
