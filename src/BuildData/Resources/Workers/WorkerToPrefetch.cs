namespace BuildData.Resources.Workers;

/// <summary>
/// Tells the prefetch, which runs before an update, to read a worker. The prefetch reads the worker after it has locked the worker's row.
/// </summary>
internal sealed record WorkerToPrefetch(long WorkerId);
