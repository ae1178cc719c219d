namespace BuildData.Events;

/// <summary>
/// Decides which batches read the properties of builds and build requests. A batch is a group of updates in one transaction. Also numbers
/// the batches. Not thread-safe: <see cref="EventDispatcher"/> holds its lock when it uses this class.
/// </summary>
/// <remarks>
/// A batch reads the properties only if they are needed, because the read takes time. This class decides when the batch begins. A
/// subscription that selects properties can begin later, while a batch is running that does not read the properties. This subscription
/// receives no events of that batch. It misses nothing, because the updates of that batch were called before the subscription began.
/// </remarks>
internal sealed class BuildPropertiesReadPolicy
{
    private bool _runningBatchReadsProperties;

    /// <summary>Gets the number of the running batch. If no batch is running, gets the number of the last batch.</summary>
    public long BatchNumber { get; private set; }

    /// <summary>Gets or sets whether every batch of updates reads the properties of builds and build requests.</summary>
    public bool EveryBatchReadsBuildProperties { get; set; }

    /// <summary>
    /// Gets the number of the first batch of updates whose events a new subscription receives, if the subscription selects properties.
    /// Returns 0 if the running batch reads the properties. The subscription then receives the events of that batch too.
    /// </summary>
    public long FirstBatchForNewSubscriptionWithProperties => _runningBatchReadsProperties || EveryBatchReadsBuildProperties ? 0 : BatchNumber + 1;

    /// <summary>Begins a batch of updates, and decides whether the batch reads the properties of builds and build requests.</summary>
    /// <param name="needsProperties">Whether a subscription or the store needs the properties in the events of this batch.</param>
    /// <returns>Whether the batch must read the properties.</returns>
    public bool BeginBatchAndDecide(bool needsProperties)
    {
        BatchNumber++;
        _runningBatchReadsProperties = needsProperties || EveryBatchReadsBuildProperties;
        return _runningBatchReadsProperties;
    }
}
