using BuildData.Updating.Caching;

namespace BuildData.Resources.Builders;

/// <summary>Caches builders for updates.</summary>
internal sealed class BuilderCache(RowCache cache) : ICachePart<BuilderCache>
{
    /// <summary>Gets the builders that the transaction has locked, with their tags. The keys are the ids of the builders.</summary>
    public TransactionValueCache<long, Builder> Builders { get; } = cache.AddTransactionValues<long, Builder>();

    public static BuilderCache Create(RowCache cache) => new(cache);
}
