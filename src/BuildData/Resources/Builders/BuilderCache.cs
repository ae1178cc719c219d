using BuildData.Updating.Caching;

namespace BuildData.Resources.Builders;

/// <summary>Caches builders for updates.</summary>
internal sealed class BuilderCache(RowCache cache) : ICachePart<BuilderCache>
{
    /// <summary>Gets the locked builders with their tags, by builder id.</summary>
    public TransactionValues<long, Builder> Builders { get; } = cache.AddTransactionValues<long, Builder>();

    public static BuilderCache Create(RowCache cache) => new(cache);
}
