using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents an update in <see cref="BatchScheduler"/>, from its arrival until it is completed.</summary>
/// <param name="update">The update.</param>
/// <param name="plan">The rows and tables that the update needs.</param>
internal sealed class PendingUpdate(StoreUpdate update, PrefetchPlan plan)
{
    private bool _isTaken;
    private int _timesBlocked;

    public StoreUpdate Update => update;

    public PrefetchPlan Plan => plan;

    /// <summary>Gets whether the update needs a batch that waits for rows that other sessions have locked.</summary>
    public bool MustWaitForLocks => plan.RunsAlone || _timesBlocked > 1;

    /// <summary>
    /// Marks the update as begun. From then on it can't be cancelled. Returns true again if the update had begun in an earlier
    /// batch.
    /// </summary>
    /// <returns>False if the update was cancelled before it had begun.</returns>
    public bool TryBegin() => _isTaken || (_isTaken = update.TryTake());

    /// <summary>Records that the update was left out of a batch because other sessions have locked its rows.</summary>
    public void RecordBlockedByLock() => _timesBlocked++;
}
