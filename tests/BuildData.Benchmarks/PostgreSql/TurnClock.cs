using System.Diagnostics;

namespace BuildData.Benchmarks;

/// <summary>
/// Tells one caller how long to work, and counts the operations that it completes after the lead-in. Those under way at either
/// end count where they end, so long ones are not at a disadvantage.
/// </summary>
internal sealed class TurnClock
{
    private readonly long _begin;
    private readonly long _end;
    private long _last;

    public TurnClock(long start, RacerTurn turn)
    {
        _begin = start + (long)(turn.LeadIn * Stopwatch.Frequency);
        _end = _begin + (long)(turn.Length * Stopwatch.Frequency);
        _last = start;
    }

    public Latencies Latencies { get; } = new();

    public bool GoOn => Stopwatch.GetTimestamp() < _end;

    /// <summary>Ends an operation, which took the time since the last call.</summary>
    public void Done()
    {
        long now = Stopwatch.GetTimestamp();
        if (now >= _begin && now < _end)
            Latencies.Add(Stopwatch.GetElapsedTime(_last, now).TotalMicroseconds);
        _last = now;
    }
}
