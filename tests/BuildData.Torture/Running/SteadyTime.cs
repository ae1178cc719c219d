using System.Diagnostics;

namespace BuildData.Torture.Running;

/// <summary>
/// A clock that reads the system's clock once, when it is created, and then runs by itself. A later change of the system's clock does not
/// change the time of this clock.
/// </summary>
/// <param name="ahead">How far the clock is ahead of the system's clock.</param>
internal sealed class SteadyTime(TimeSpan ahead = default) : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow() + ahead;
    private readonly long _started = Stopwatch.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _start + Stopwatch.GetElapsedTime(_started);
}
