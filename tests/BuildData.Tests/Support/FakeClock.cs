namespace BuildData.Tests;

/// <summary>A clock that stands still until it is moved, and with it its timers.</summary>
internal sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<Timer> _timers = [];
    private long _ticks = now.UtcTicks;

    public FakeClock()
        : this(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000))
    {
    }

    public DateTimeOffset Now => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>How many timers are going to call back.</summary>
    public int Timers
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    /// <summary>Called when somebody asks for the time.</summary>
    public Action? OnNow { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        OnNow?.Invoke();
        return Now;
    }

    /// <summary>Moves on, and has the timers that are due by then call back before it returns.</summary>
    public void Advance(TimeSpan time)
    {
        long now = Interlocked.Add(ref _ticks, time.Ticks);
        Timer[] due;
        lock (_lock)
            due = [.. _timers.Where(timer => timer.IsDue(now))];
        foreach (Timer timer in due)
            timer.Fire();
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private long _due;
        private long _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                _due = clock.Now.UtcTicks + dueTime.Ticks;
                _period = period.Ticks;
                return dueTime < TimeSpan.Zero ? clock._timers.Remove(this) : clock._timers.Add(this);
            }
        }

        /// <summary>Whether it is to call back now; if so it is set to its next time, or to none.</summary>
        public bool IsDue(long now)
        {
            if (_due > now)
                return false;
            if (_period > 0)
                _due = now + _period;
            else
                clock._timers.Remove(this);
            return true;
        }

        public void Fire() => callback(state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
