namespace BuildData.Updating;

/// <summary>
/// Tracks since when this master's heartbeats have succeeded without a pause. If they paused, the database was unreachable or the clock
/// has jumped. The heartbeats of other masters may have paused for the same reason, so it proves nothing that they are old.
/// </summary>
internal sealed class HeartbeatTracker(TimeSpan heartbeat)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _longestPause = 3 * heartbeat;
    private DateTimeOffset _since = DateTimeOffset.MinValue;
    private DateTimeOffset? _last;

    /// <summary>Records a heartbeat that has succeeded.</summary>
    public void RecordSuccess(DateTimeOffset sentAt)
    {
        lock (_lock)
        {
            if (sentAt - _last > _longestPause)
                _since = sentAt;
            _last = sentAt;
        }
    }

    /// <summary>
    /// Returns whether this master's heartbeats have succeeded without a pause for a time. Also true if there was no pause since the master
    /// was opened, and if the store has no heartbeats.
    /// </summary>
    public bool HaveSucceededFor(TimeSpan duration, DateTimeOffset now)
    {
        lock (_lock)
            return _last is not { } last || (now - last <= _longestPause && now - _since >= duration);
    }
}
