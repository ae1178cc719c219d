namespace BuildData.Tests;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FakeClock(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public FakeClock()
        : this(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000))
    {
    }

    public DateTimeOffset Now => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    /// <summary>Called when somebody asks for the time.</summary>
    public Action? OnNow { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        OnNow?.Invoke();
        return Now;
    }

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}
