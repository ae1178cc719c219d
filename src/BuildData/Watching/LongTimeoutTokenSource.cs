namespace BuildData.Watching;

/// <summary>
/// Cancels a token after a timeout of any length. A single timer can run for only a few weeks. Therefore several timer periods,
/// one after the other, measure a longer timeout.
/// </summary>
internal sealed class LongTimeoutTokenSource : IDisposable
{
    // Every timer accepts this time. It is a little less than 2^31 milliseconds.
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(24);

    // Never disposed, because the timer's callback may still be running and would cancel a disposed source. A source without a timer of
    // its own needs no disposal.
    private readonly CancellationTokenSource _source = new();
    private readonly TimeProvider _clock;
    private readonly TimeSpan _timeout;
    private readonly long _start;
    private readonly ITimer _timer;
    private TimeSpan _passed;
    private TimeSpan _period;

    /// <summary>Starts the timeout.</summary>
    /// <param name="timeout">The timeout, greater than zero.</param>
    /// <param name="clock">Measures the time.</param>
    public LongTimeoutTokenSource(TimeSpan timeout, TimeProvider clock)
    {
        _timeout = timeout;
        _clock = clock;
        _start = clock.GetTimestamp();
        _timer = clock.CreateTimer(static state => ((LongTimeoutTokenSource)state!).EndPeriod(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BeginPeriod();
    }

    /// <summary>Gets the token that is cancelled when the timeout has passed.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops the timer. If the timeout has not passed yet, the token is never cancelled.</summary>
    public void Dispose() => _timer.Dispose();

    private void BeginPeriod()
    {
        TimeSpan rest = _timeout - _passed;
        _period = rest < LongestPeriod ? rest : LongestPeriod;
        _timer.Change(_period, Timeout.InfiniteTimeSpan);
    }

    private void EndPeriod()
    {
        // A timer calls back late, and very late after the machine was suspended. Use the measured time, so that delays don't add up.
        TimeSpan elapsed = _clock.GetElapsedTime(_start);
        _passed += _period;
        if (elapsed > _passed)
            _passed = elapsed;

        if (_passed >= _timeout)
            _source.Cancel();
        else
            BeginPeriod();
    }
}
