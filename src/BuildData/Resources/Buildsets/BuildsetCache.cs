using BuildData.Updating.Caching;

namespace BuildData.Resources.Buildsets;

/// <summary>Caches buildsets for updates.</summary>
internal sealed class BuildsetCache(RowCache cache) : ICachePart<BuildsetCache>
{
    public TransactionValues<long, Buildset> Buildsets { get; } = cache.AddTransactionValues<long, Buildset>();

    /// <summary>Gets the progress of locked buildsets, by buildset id.</summary>
    public TransactionValues<long, BuildsetProgress> Progress { get; } = cache.AddTransactionValues<long, BuildsetProgress>();

    /// <summary>Gets the ids of buildsets by unique key; null for a key that no buildset has.</summary>
    public TransactionValues<string, long?> UniqueKeys { get; } = cache.AddTransactionValues<string, long?>();

    public ImmutableValues<long, PropertyMap> Properties { get; } = cache.AddImmutableValues<long, PropertyMap>("buildset properties");

    public static BuildsetCache Create(RowCache cache) => new(cache);
}
