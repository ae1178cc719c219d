namespace BuildData.Updating;

/// <summary>
/// Tracks for how long this master's heartbeats have succeeded without a gap. A heartbeat is a regular write that shows other masters that this
/// master is alive.
/// </summary>
/// <remarks>
/// A gap means that the database was unreachable, or that the clock has jumped. For the same reason, heartbeats of other masters may be
/// missing. So after a gap, a missing heartbeat does not show that another master is dead.
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
    /// Returns whether there was no gap between this master's heartbeats during the last <paramref name="duration"/>. If there was no gap since
    /// the master was opened, returns true. Returns true also if the store has no heartbeats.
    /// </summary>
    public bool HasNoGapIn(TimeSpan duration, DateTimeOffset now)
    {
        lock (_lock)
            return _last is not { } last || (now - last <= _longestPause && now - _since >= duration);
    }
}
