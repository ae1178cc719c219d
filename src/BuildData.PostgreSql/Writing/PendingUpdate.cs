using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents an update that waits in the <see cref="UpdateQueue"/> or runs in a batch.</summary>
/// <param name="update">The update.</param>
/// <param name="plan">The rows and tables that the update needs.</param>
internal sealed class PendingUpdate(StoreUpdate update, PrefetchPlan plan)
{
    private bool _isTaken;
    private int _timesBlocked;

    public StoreUpdate Update => update;

    public PrefetchPlan Plan => plan;

    /// <summary>
    /// Gets whether the update must run in a batch that waits until other sessions release their row locks. Other batches
    /// leave out an update if another session has locked its rows.
    /// </summary>
    public bool MustWaitForLocks => plan.RunsAlone || _timesBlocked > 1;

    /// <summary>Marks the update as begun. After this call, the update can no longer be cancelled.</summary>
    /// <returns>
    /// False if the update was cancelled before it began. Otherwise true, even if an earlier batch has already begun the update.
    /// </returns>
    public bool TryBegin() => _isTaken || (_isTaken = update.TryTake());

    /// <summary>Counts one more batch that left out this update, because another session had locked its rows.</summary>
    public void RecordBlockedByLock() => _timesBlocked++;
}
