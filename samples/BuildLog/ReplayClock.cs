namespace BuildData.Samples.BuildLog;

/// <summary>A clock that stands still until it is moved. What happens "now" then happens when it was recorded.</summary>
/// <remarks>A master reads its clock from several threads.</remarks>
internal sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Moves the clock forward to a time.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        // MSBuild builds projects in parallel, so a log's events can be slightly out of order. A clock must not go back.
        Volatile.Write(ref _ticks, Math.Max(_ticks, time.UtcTicks));
    }
}
