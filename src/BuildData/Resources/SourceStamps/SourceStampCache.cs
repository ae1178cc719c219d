using BuildData.Updating;
using BuildData.Updating.Caching;

namespace BuildData.Resources.SourceStamps;

/// <summary>Caches source stamps for updates.</summary>
internal sealed class SourceStampCache(RowCache cache) : ICachePart<SourceStampCache>
{
    /// <summary>Gets the source stamps without a patch. The keys are the hashes that <see cref="SourceStampTable.Hash"/> returns.</summary>
    public ImmutableValueCache<string, SourceStamp> ByHash { get; } = cache.AddImmutableValues<string, SourceStamp>("source stamps by hash");

    /// <summary>Gets the source stamps. The keys are the ids.</summary>
    public ImmutableValueCache<long, SourceStamp> ById { get; } = cache.AddImmutableValues<long, SourceStamp>("source stamps by id");

    /// <summary>Gets the hashes for which the prefetch found no source stamp.</summary>
    public TransactionValueCache<string, NoResult> MissingHashes { get; } = cache.AddTransactionValues<string, NoResult>();

    /// <summary>
    /// Gets the ids of the source stamps that the transaction has added. A build request of an earlier transaction can't have such a source
    /// stamp.
    /// </summary>
    public TransactionValueCache<long, NoResult> AddedIds { get; } = cache.AddTransactionValues<long, NoResult>();

    public static SourceStampCache Create(RowCache cache) => new(cache);

    public void Add(SourceStamp stamp)
    {
        ById[stamp.SourceStampId] = stamp;
        if (stamp.Patch is null)
            ByHash[SourceStampTable.Hash(SourceStampKey.Of(stamp))] = stamp;
    }

    /// <summary>Returns the source stamp that a reference identifies; null if the source stamp is not cached, or if the reference holds a patch.</summary>
    public SourceStamp? Find(SourceStampRef reference) =>
        reference.Id is { } id ? ById.Find(id)
        : reference.Key is { Patch: null } key ? ByHash.Find(SourceStampTable.Hash(key))
        : null;
}
