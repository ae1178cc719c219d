using BuildData.Updating;
using BuildData.Updating.Caching;

namespace BuildData.Resources.SourceStamps;

/// <summary>Caches source stamps for updates.</summary>
internal sealed class SourceStampCache(RowCache cache) : ICachePart<SourceStampCache>
{
    public ImmutableValues<string, SourceStamp> ByHash { get; } = cache.AddImmutableValues<string, SourceStamp>("source stamps by hash");

    public ImmutableValues<long, SourceStamp> ById { get; } = cache.AddImmutableValues<long, SourceStamp>("source stamps by id");

    /// <summary>Gets the hashes of keys that no source stamp had when the transaction began.</summary>
    public TransactionValues<string, NoResult> Missing { get; } = cache.AddTransactionValues<string, NoResult>();

    /// <summary>Gets the ids of source stamps that the transaction has added. No older build request can refer to them.</summary>
    public TransactionValues<long, NoResult> New { get; } = cache.AddTransactionValues<long, NoResult>();

    public static SourceStampCache Create(RowCache cache) => new(cache);

    public void Add(SourceStamp stamp)
    {
        ById[stamp.SourceStampId] = stamp;
        if (stamp.Patch is null)
            ByHash[SourceStampTable.Hash(SourceStampKey.Of(stamp))] = stamp;
    }

    /// <summary>Returns the source stamp that a reference means; null if it is not cached, or if the reference creates a new one.</summary>
    public SourceStamp? Find(SourceStampRef reference) =>
        reference.Id is { } id ? ById.Find(id)
        : reference.Key is { Patch: null } key ? ByHash.Find(SourceStampTable.Hash(key))
        : null;
}
