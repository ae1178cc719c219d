using BuildData.Updating.Caching;

namespace BuildData.Resources.Logs;

/// <summary>Caches logs for updates.</summary>
internal sealed class LogCache(RowCache cache) : ICachePart<LogCache>
{
    public CachedRows<StepLog> Logs { get; } = cache.AddRows<StepLog>(ResourceTables.Logs.Name);

    public static LogCache Create(RowCache cache) => new(cache);
}
