using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>An update on its way through <see cref="BatchScheduler"/>.</summary>
internal sealed class PendingUpdate(StoreUpdate update, PrefetchPlan plan)
{
    private bool _isTaken;
    private int _timesBlocked;

    public StoreUpdate Update => update;

    public PrefetchPlan Plan => plan;

    /// <summary>Whether its batch waits for rows that others have locked.</summary>
    public bool MustWait => plan.RunsAlone || _timesBlocked > 1;

    /// <summary>Takes it up, so that it can't be cancelled any more; false if it was cancelled before.</summary>
    public bool TryTake() => _isTaken || (_isTaken = update.TryTake());

    /// <summary>Notes that others have locked its rows.</summary>
    public void Block() => _timesBlocked++;
}
