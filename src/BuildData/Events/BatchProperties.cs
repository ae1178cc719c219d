namespace BuildData.Events;

/// <summary>
/// Numbers the batches of updates, and decides whether each reads the properties of builds and build requests. Not thread-safe:
/// <see cref="EventDispatcher"/> calls it under its lock.
/// </summary>
/// <remarks>
/// A batch reads the properties only if its events need them. This is decided when the batch begins. If a subscription that selects
/// properties begins while a batch is running, the events of this batch may lack the properties. The subscription then skips the batch.
/// It misses no event that it must receive, because updates that are called after it has begun are in later batches.
/// </remarks>
internal sealed class BatchProperties
{
    private bool _runningBatchReads;

    /// <summary>Gets the number of the running batch, or of the last one if none is running.</summary>
    public long Batch { get; private set; }

    /// <summary>Gets or sets whether all batches read the properties.</summary>
    public bool AlwaysRead { get; set; }

    /// <summary>
    /// Gets the number of the first batch whose events a subscription receives that begins now and selects properties. Returns 0 if the
    /// events of the running batch have the properties.
    /// </summary>
    public long FirstBatchForNewSubscription => _runningBatchReads || AlwaysRead ? 0 : Batch + 1;

    /// <summary>Begins a batch.</summary>
    /// <param name="areNeeded">Whether the events of the batch need the properties.</param>
    /// <returns>Whether the batch must read the properties.</returns>
    public bool BeginBatch(bool areNeeded)
    {
        Batch++;
        _runningBatchReads = areNeeded || AlwaysRead;
        return _runningBatchReads;
    }
}
