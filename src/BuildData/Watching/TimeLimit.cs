namespace BuildData.Watching;

/// <summary>
/// Cancels a token after a time of any length. A timer takes no more than some weeks, so a longer time is waited for in pieces.
/// </summary>
internal sealed class TimeLimit : IDisposable
{
    // What every timer takes: a little less than 2^31 milliseconds.
    private static readonly TimeSpan LongestPiece = TimeSpan.FromDays(24);

    // Not disposed, because the timer may be calling back meanwhile; without a timer of its own it holds nothing to dispose.
    private readonly CancellationTokenSource _over = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _limit;
    private readonly long _start;
    private readonly ITimer _timer;
    private TimeSpan _passed;
    private TimeSpan _piece;

    /// <param name="limit">The time, more than zero.</param>
    /// <param name="clock">What the time goes by.</param>
    public TimeLimit(TimeSpan limit, TimeProvider clock)
    {
        _limit = limit;
        _clock = clock;
        _start = clock.GetTimestamp();
        _timer = clock.CreateTimer(static state => ((TimeLimit)state!).EndPiece(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BeginPiece();
    }

    /// <summary>The token that is cancelled when the time is over.</summary>
    public CancellationToken Over => _over.Token;

    public void Dispose() => _timer.Dispose();

    private void BeginPiece()
    {
        TimeSpan rest = _limit - _passed;
        _piece = rest < LongestPiece ? rest : LongestPiece;
        _timer.Change(_piece, Timeout.InfiniteTimeSpan);
    }

    private void EndPiece()
    {
        // A timer comes late rather than early, and much later where the machine was suspended: that is not to add up.
        TimeSpan elapsed = _clock.GetElapsedTime(_start);
        _passed += _piece;
        if (elapsed > _passed)
            _passed = elapsed;

        if (_passed >= _limit)
            _over.Cancel();
        else
            BeginPiece();
    }
}
