namespace BuildData.Updating;

/// <summary>
/// When this master has said that it is there. Where it could not for some time, others could not either: the database was not to
/// be reached, or the clock has jumped. Their silence until then means nothing.
/// </summary>
internal sealed class HeartbeatTracker(TimeSpan heartbeat)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _longestPause = 3 * heartbeat;
    private DateTimeOffset _since = DateTimeOffset.MinValue;
    private DateTimeOffset? _last;

    /// <summary>It has said so.</summary>
    public void Add(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (now - _last > _longestPause)
                _since = now;
            _last = now;
        }
    }

    /// <summary>
    /// Whether it has done so without a pause for as long as this; true if it was opened later than that, and where masters need
    /// not say so at all.
    /// </summary>
    public bool HaveLasted(TimeSpan time, DateTimeOffset now)
    {
        lock (_lock)
            return _last is not { } last || (now - last <= _longestPause && now - _since >= time);
    }
}
