using BuildData.Updating.Caching;

namespace BuildData.Resources.Workers;

/// <summary>Caches workers for updates.</summary>
internal sealed class WorkerCache(RowCache cache) : ICachePart<WorkerCache>
{
    /// <summary>Gets the workers that the transaction has locked and read. The keys are the ids of the workers.</summary>
    public TransactionValueCache<long, Worker> Workers { get; } = cache.AddTransactionValues<long, Worker>();

    public static WorkerCache Create(RowCache cache) => new(cache);
}
