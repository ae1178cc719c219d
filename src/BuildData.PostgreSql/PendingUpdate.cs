using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>An update on its way through <see cref="Lanes"/>.</summary>
internal sealed class PendingUpdate(StoreUpdate update, UpdateNeeds needs)
{
    private bool _isTaken;
    private int _timesBlocked;

    public StoreUpdate Update => update;

    public UpdateNeeds Needs => needs;

    /// <summary>Whether its batch waits for rows that others have locked.</summary>
    public bool MustWait => needs.RunsAlone || _timesBlocked > 1;

    /// <summary>Takes it up, so that it can't be cancelled any more; false if it was cancelled before.</summary>
    public bool TryTake() => _isTaken || (_isTaken = update.TryTake());

    /// <summary>Notes that others have locked its rows.</summary>
    public void Block() => _timesBlocked++;
}
