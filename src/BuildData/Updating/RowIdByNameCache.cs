using BuildData.Updating.Caching;

namespace BuildData.Updating;

/// <summary>Caches the ids of rows that have unique names, such as builders and workers.</summary>
internal sealed class RowIdByNameCache(RowCache cache) : ICachePart<RowIdByNameCache>
{
    public ImmutableValueCache<(string Table, string Name), long> Ids { get; } = cache.AddImmutableValues<(string Table, string Name), long>("names");

    /// <summary>Gets the names that no row of the table had when the transaction looked for them.</summary>
    public TransactionValueCache<(string Table, string Name), NoResult> MissingNames { get; } = cache.AddTransactionValues<(string Table, string Name), NoResult>();

    public static RowIdByNameCache Create(RowCache cache) => new(cache);
}
