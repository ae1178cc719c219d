namespace BuildData.Updating;

/// <summary>
/// Tracks for how long this master's heartbeats have succeeded without a gap. A heartbeat is a regular write that shows other masters that this
/// master is alive.
/// </summary>
/// <remarks>
/// A gap means that the database was unreachable, or that the clock has jumped. For the same reason, the heartbeats of other masters may be
/// missing. So after a gap, the missing heartbeat of another master does not show that this other master is dead.
/// </remarks>
/// <param name="heartbeat">The interval between heartbeats. A gap is longer than three intervals.</param>
internal sealed class HeartbeatGapTracker(TimeSpan heartbeat)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _longestPause = 3 * heartbeat;
    private DateTimeOffset _since = DateTimeOffset.MinValue;
    private DateTimeOffset? _last;

    /// <summary>Records that a heartbeat has succeeded.</summary>
    /// <param name="sentAt">The time right before the heartbeat was sent.</param>
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
    /// Returns the time since the last heartbeat, if this time is long enough to be a gap. Otherwise returns null. Also returns null if the
    /// store has no heartbeats.
    /// </summary>
    public TimeSpan? FindCurrentGap(DateTimeOffset now)
    {
        lock (_lock)
            return now - _last > _longestPause ? now - _last : null;
    }

    /// <summary>
    /// Returns whether this master's heartbeats had no gap during the last <paramref name="duration"/>. Also returns true if there was no
    /// gap since the master was opened, or if the store has no heartbeats.
    /// </summary>
    public bool HasNoGapIn(TimeSpan duration, DateTimeOffset now)
    {
        lock (_lock)
            return _last is not { } last || (now - last <= _longestPause && now - _since >= duration);
    }
}
