using BuildData.Resources.Buildsets;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.SourceStamps;

/// <summary>
/// Prefetches the source stamps of new buildsets. The prefetch reads the source stamps before it locks rows, because the
/// <see cref="BuildRequests.CollapseKey"/> of a new build request contains the ids of its source stamps.
/// </summary>
internal sealed class SourceStampPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private readonly SourceStampCache _cache = prefetch.Cache.GetPart<SourceStampCache>();
    private readonly SortedSet<string> _hashes = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _ids = [];
    private int _patches;

    public override void AddReadsBeforeLocking()
    {
        lock (Prefetch.Shared.Lock)
        {
            foreach (SourceStampRef reference in Prefetch.Needs<AddBuildsetArguments>().SelectMany(buildset => buildset.SourceStamps))
                Take(reference);
        }

        if (_hashes.Count > 0)
            AddStatement(SourceStampDefinition.Instance.Alias + ".key_hash", sql => sql.AppendList([.. _hashes]));
        if (_ids.Count > 0)
            AddStatement(SourceStampDefinition.Instance.IdColumn, sql => sql.AppendList([.. _ids]));
    }

    public override void AddReadsAfterLocking()
    {
        foreach (string hash in _hashes.Where(hash => !_cache.ByHash.Contains(hash)))
        {
            _cache.MissingHashes[hash] = default;
            Prefetch.ReserveNewIds(ResourceTables.SourceStamps.Name, 1);
        }

        // A source stamp with a patch is always new.
        Prefetch.ReserveNewIds(ResourceTables.SourceStamps.Name, _patches);
        Prefetch.ReserveNewIds("patches", _patches);
    }

    private void Take(SourceStampRef reference)
    {
        SourceStamp? known = null;
        if (reference.Id is { } id)
        {
            if (!_cache.ById.TryCopyFromShared(id, out known))
                _ids.Add(id);
        }
        else if (reference.Key is { Patch: null } key)
        {
            string hash = SourceStampTable.Hash(key);
            if (!_cache.ByHash.TryCopyFromShared(hash, out known))
                _hashes.Add(hash);
        }
        else
        {
            _patches++;
        }

        if (known is not null)
            _cache.Add(known);
    }

    private void AddStatement(string column, Action<SqlBuilder> appendList)
    {
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(SourceStampDefinition.Instance.Columns).Append(" FROM ").Append(SourceStampDefinition.Instance.Table)
            .Append(" WHERE ").Append(column).Append(" IN ");
        appendList(sql);
        Prefetch.Statements.Add(sql, SourceStampDefinition.Instance.CreateSink(PropertySelection.None), _cache.Add);
    }
}
