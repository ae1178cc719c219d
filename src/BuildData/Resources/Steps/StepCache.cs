using BuildData.Updating.Caching;

namespace BuildData.Resources.Steps;

/// <summary>Caches steps for updates.</summary>
internal sealed class StepCache(RowCache cache) : ICachePart<StepCache>
{
    public CachedRows<Step> Steps { get; } = cache.AddRows<Step>(ResourceTables.Steps.Name);

    public static StepCache Create(RowCache cache) => new(cache);
}
