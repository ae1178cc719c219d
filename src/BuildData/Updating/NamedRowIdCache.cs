using BuildData.Updating.Caching;

namespace BuildData.Updating;

/// <summary>Caches the ids of rows by their names, such as the ids of builders and workers.</summary>
internal sealed class NamedRowIdCache(RowCache cache) : ICachePart<NamedRowIdCache>
{
    public ImmutableValues<(string Table, string Name), long> Ids { get; } = cache.AddImmutableValues<(string Table, string Name), long>("names");

    /// <summary>Gets the names that no row had when the transaction began.</summary>
    public TransactionValues<(string Table, string Name), NoResult> MissingNames { get; } = cache.AddTransactionValues<(string Table, string Name), NoResult>();

    public static NamedRowIdCache Create(RowCache cache) => new(cache);
}
