using BuildData.Updating.Caching;

namespace BuildData.Resources.Workers;

/// <summary>Caches for one transaction which workers may start builds.</summary>
internal sealed class WorkerAvailabilityCache(RowCache cache) : ICachePart<WorkerAvailabilityCache>
{
    /// <summary>Gets the number of reasons why a worker may not start builds; null if the worker does not exist. The keys are the ids of the workers.</summary>
    public TransactionValueCache<long, long?> Refusals { get; } = cache.AddTransactionValues<long, long?>();

    public static WorkerAvailabilityCache Create(RowCache cache) => new(cache);
}
