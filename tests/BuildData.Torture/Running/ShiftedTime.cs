namespace BuildData.Torture.Running;

/// <summary>The system's clock, set forward or back. Can be used from any thread.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _shift));

    /// <summary>Sets the difference to the system's clock.</summary>
    public void Shift(TimeSpan shift) => Volatile.Write(ref _shift, shift.Ticks);
}
