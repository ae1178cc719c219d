using System.Diagnostics;

namespace BuildData.Torture.Running;

/// <summary>
/// A clock that is set by the system's clock when it is created, and then runs by itself. So the time that it shows never goes back or
/// jumps, whoever sets the system's clock.
/// </summary>
/// <param name="ahead">How far the clock is ahead of the system's clock.</param>
internal sealed class SteadyTime(TimeSpan ahead = default) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow() + ahead;
    private readonly long _started = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _start + Stopwatch.GetElapsedTime(_started);
}
