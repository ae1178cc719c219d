namespace BuildData.Events;

/// <summary>
/// Decides whether a batch of updates reads the properties of builds and build requests, which some subscriptions select. Numbers the
/// batches. Not thread-safe: <see cref="EventDispatcher"/> calls it only under its lock.
/// </summary>
/// <remarks>
/// A batch reads the properties only if a subscription needs them. The decision is made when the batch begins. A subscription that
/// selects properties can begin during a batch that does not read them. The subscription then receives no events of that batch. This is
/// correct, because a subscription must only receive the events of updates that are called after the subscription has begun. Those updates
/// are in later batches.
/// </remarks>
internal sealed class BuildPropertyReadPolicy
{
    private bool _runningBatchReadsProperties;

    /// <summary>Gets the number of the running batch, or of the last one if none is running.</summary>
    public long BatchNumber { get; private set; }

    /// <summary>Gets or sets whether all batches read the properties.</summary>
    public bool AllBatchesReadProperties { get; set; }

    /// <summary>
    /// Gets the number of the first batch whose events a subscription can receive, if it begins now and selects properties. Returns 0 if
    /// it can also receive the events of the running batch, because that batch reads the properties.
    /// </summary>
    public long FirstBatchForSubscriptionWithProperties => _runningBatchReadsProperties || AllBatchesReadProperties ? 0 : BatchNumber + 1;

    /// <summary>Begins a batch.</summary>
    /// <param name="needsProperties">Whether a subscription or the store needs the properties in the events of the batch.</param>
    /// <returns>Whether the batch must read the properties.</returns>
    public bool BeginBatch(bool needsProperties)
    {
        BatchNumber++;
        _runningBatchReadsProperties = needsProperties || AllBatchesReadProperties;
        return _runningBatchReadsProperties;
    }
}
