namespace BuildData.Watching;

/// <summary>
/// Cancels a token after a time limit of any length. A timer accepts only some weeks, so a longer limit is divided into pieces, which
/// follow each other.
/// </summary>
internal sealed class TimeLimit : IDisposable
{
    // Every timer accepts this time. It is a little less than 2^31 milliseconds.
    private static readonly TimeSpan LongestPiece = TimeSpan.FromDays(24);

    // Never disposed, because the timer's callback may still be running and cancel it. A source without a timer needs no disposal.
    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _limit;
    private readonly long _start;
    private readonly ITimer _timer;
    private TimeSpan _passed;
    private TimeSpan _piece;

    /// <summary>Starts the time limit.</summary>
    /// <param name="limit">The time limit, greater than zero.</param>
    /// <param name="clock">Measures the time.</param>
    public TimeLimit(TimeSpan limit, TimeProvider clock)
    {
        _limit = limit;
        _clock = clock;
        _start = clock.GetTimestamp();
        _timer = clock.CreateTimer(static state => ((TimeLimit)state!).EndPiece(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BeginPiece();
    }

    /// <summary>Gets the token that is cancelled when the time limit has passed.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops the time limit. The token stays uncancelled unless the time limit has passed.</summary>
    public void Dispose() => _timer.Dispose();

    private void BeginPiece()
    {
        TimeSpan rest = _limit - _passed;
        _piece = rest < LongestPiece ? rest : LongestPiece;
        _timer.Change(_piece, Timeout.InfiniteTimeSpan);
    }

    private void EndPiece()
    {
        // A timer calls back late, and very late after the machine was suspended. Use the measured time, so that delays don't add up.
        TimeSpan elapsed = _clock.GetElapsedTime(_start);
        _passed += _piece;
        if (elapsed > _passed)
            _passed = elapsed;

        if (_passed >= _limit)
            _source.Cancel();
        else
            BeginPiece();
    }
}
