using BuildData.Updating.Caching;

namespace BuildData.Resources.Buildsets;

/// <summary>Caches buildsets for updates.</summary>
internal sealed class BuildsetCache(RowCache cache) : ICachePart<BuildsetCache>
{
    /// <summary>Gets the buildsets that are locked or new, by id.</summary>
    public TransactionValues<long, Buildset> Buildsets { get; } = cache.AddTransactionValues<long, Buildset>();

    /// <summary>Gets the progress of buildsets that are locked or new, by buildset id.</summary>
    public TransactionValues<long, BuildsetProgress> Progress { get; } = cache.AddTransactionValues<long, BuildsetProgress>();

    /// <summary>Gets the ids of buildsets, by unique key. The value is null if no buildset has the key.</summary>
    public TransactionValues<string, long?> UniqueKeys { get; } = cache.AddTransactionValues<string, long?>();

    /// <summary>Gets the properties of buildsets, by buildset id.</summary>
    public ImmutableValues<long, PropertyMap> Properties { get; } = cache.AddImmutableValues<long, PropertyMap>("buildset properties");

    public static BuildsetCache Create(RowCache cache) => new(cache);
}
