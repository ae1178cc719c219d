using BuildData.Updating.Caching;

namespace BuildData.Resources.Workers;

/// <summary>Caches, for one transaction, whether workers may start builds.</summary>
internal sealed class WorkerAvailabilityCache(RowCache cache) : ICachePart<WorkerAvailabilityCache>
{
    /// <summary>
    /// Gets how many reasons prevent a worker from starting builds: 0, 1 or 2. Null if the worker does not exist. The keys are the ids of
    /// the workers.
    /// </summary>
    public TransactionValueCache<long, long?> Refusals { get; } = cache.AddTransactionValues<long, long?>();

    public static WorkerAvailabilityCache Create(RowCache cache) => new(cache);
}
