using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents an update in <see cref="BatchScheduler"/>, from its arrival until it is completed.</summary>
internal sealed class PendingUpdate(StoreUpdate update, PrefetchPlan plan)
{
    private bool _isTaken;
    private int _timesBlocked;

    public StoreUpdate Update => update;

    public PrefetchPlan Plan => plan;

    /// <summary>Gets whether the update needs a batch that waits for rows that other sessions have locked.</summary>
    public bool MustWait => plan.RunsAlone || _timesBlocked > 1;

    /// <summary>Begins the update, so that it can no longer be cancelled.</summary>
    /// <returns>False if it was cancelled before.</returns>
    public bool TryTake() => _isTaken || (_isTaken = update.TryTake());

    /// <summary>Records that the update was left out of a batch because other sessions have locked its rows.</summary>
    public void RecordBlocked() => _timesBlocked++;
}
