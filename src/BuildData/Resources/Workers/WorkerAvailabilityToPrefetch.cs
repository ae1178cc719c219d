namespace BuildData.Resources.Workers;

/// <summary>Tells the prefetch, which runs before an update, to read whether a worker may start builds.</summary>
internal sealed record WorkerAvailabilityToPrefetch(long WorkerId);
