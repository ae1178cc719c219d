namespace BuildData.Resources.Builds;

/// <summary>Tells the prefetch, which runs before an update, to read the name of the worker of a new build.</summary>
internal sealed record WorkerNameToPrefetch(long WorkerId);
