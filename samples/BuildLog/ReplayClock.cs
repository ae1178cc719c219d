namespace BuildData.Samples.BuildLog;

/// <summary>A clock that stands still until it is moved on: what is updated "now" is then updated when it was recorded.</summary>
internal sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    /// <summary>Moves on to a time; never back, since a log tells some things late.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        if (time > _now)
            _now = time;
    }
}
