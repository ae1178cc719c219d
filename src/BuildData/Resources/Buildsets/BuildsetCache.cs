using BuildData.Updating.Caching;

namespace BuildData.Resources.Buildsets;

/// <summary>Caches buildsets for updates.</summary>
internal sealed class BuildsetCache(RowCache cache) : ICachePart<BuildsetCache>
{
    /// <summary>Gets the buildsets that the transaction has locked or added. The keys are the ids of the buildsets.</summary>
    public TransactionValueCache<long, Buildset> Buildsets { get; } = cache.AddTransactionValues<long, Buildset>();

    /// <summary>
    /// Gets the number of incomplete requests of each buildset, and the results of the complete requests. The keys are the ids of the
    /// buildsets that the transaction has locked or added.
    /// </summary>
    public TransactionValueCache<long, BuildsetProgress> Progress { get; } = cache.AddTransactionValues<long, BuildsetProgress>();

    /// <summary>Gets the id of the buildset that has a unique key. The id is null if no buildset has the key.</summary>
    public TransactionValueCache<string, long?> UniqueKeys { get; } = cache.AddTransactionValues<string, long?>();

    /// <summary>Gets the properties of buildsets. The keys are the ids of the buildsets.</summary>
    public ImmutableValueCache<long, PropertyMap> Properties { get; } = cache.AddImmutableValues<long, PropertyMap>("buildset properties");

    public static BuildsetCache Create(RowCache cache) => new(cache);
}
