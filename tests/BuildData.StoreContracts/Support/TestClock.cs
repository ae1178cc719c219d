using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>
/// A fake clock for tests that count its timers or do something when the time is read, because <see cref="FakeTimeProvider"/>
/// keeps its timers to itself and has no such hook.
/// </summary>
public sealed class TestClock() : FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000))
{
    private int _timers;

    /// <summary>Gets how many timers have been created and not yet been disposed of.</summary>
    public int TimerCount => Volatile.Read(ref _timers);

    /// <summary>Gets or sets what is called before the time is returned.</summary>
    public Action? BeforeGetUtcNow { get; set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        BeforeGetUtcNow?.Invoke();
        return base.GetUtcNow();
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class CountedTimer(TestClock clock, ITimer timer) : ITimer
    {
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            timer.Dispose();
            if (!Interlocked.Exchange(ref _isDisposed, true))
                Interlocked.Decrement(ref clock._timers);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
