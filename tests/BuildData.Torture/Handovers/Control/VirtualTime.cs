namespace BuildData.Torture.Handovers.Control;

/// <summary>
/// A clock that stands still while threads can run. If all threads wait, the explorer sets it to the next timer. In some schedules it also
/// leaps at random steps, as if a thread had been interrupted for long.
/// </summary>
internal sealed class VirtualTime(Explorer explorer) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<VirtualTimer> _timers = [];

    /// <summary>Gets the time since the beginning of the schedule, in ticks of 100 nanoseconds.</summary>
    public long Now { get; private set; } = TimeSpan.TicksPerSecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets the time of the next timer.</summary>
    public long NextDue => _timers.Count == 0 ? long.MaxValue : _timers.Min(timer => timer.Due);

    // Time passes with each look at the clock. Otherwise a loop until a time would never end.
    public override long GetTimestamp() => ++Now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(++Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the clock, unless it is later already, and queues the callbacks of the timers that are due.</summary>
    public void AdvanceTo(long time)
    {
        Now = Math.Max(Now, time);
        foreach (VirtualTimer timer in _timers.Where(timer => timer.Due <= Now).OrderBy(timer => timer.Due).ToArray())
            explorer.QueueToPool("timer", timer.Fire());
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimeSpan _period;

        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time._timers.Remove(this);
            _period = period;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return true;

            Due = time.Now + dueTime.Ticks;
            time._timers.Add(this);
            return true;
        }

        /// <summary>Begins the next period, and returns what calls the callback.</summary>
        public Action Fire()
        {
            Change(_period == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : _period, _period);
            return () =>
            {
                if (_context is null)
                    callback(state);
                else
                    ExecutionContext.Run(_context, new ContextCallback(callback), state);
            };
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
