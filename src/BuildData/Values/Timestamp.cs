namespace BuildData.Values;

/// <summary>Converts times to and from the form in which they are stored: whole microseconds since 1970-01-01T00:00:00Z.</summary>
internal static class Timestamp
{
    public const long PerSecond = 1_000_000;

    private static readonly long EpochTicks = DateTimeOffset.UnixEpoch.UtcTicks;

    public static long ToMicroseconds(DateTimeOffset time) =>
        Math.DivRem(time.UtcTicks - EpochTicks, TimeSpan.TicksPerMicrosecond) is var (quotient, remainder) && remainder < 0
            ? quotient - 1
            : quotient;

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        new(EpochTicks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static DateTimeOffset? FromMicroseconds(long? microseconds) =>
        microseconds is { } value ? FromMicroseconds(value) : null;

    /// <summary>Returns the time as it is read back from the store: in UTC, rounded down to the microsecond.</summary>
    public static DateTimeOffset Stored(DateTimeOffset time) => FromMicroseconds(ToMicroseconds(time));

    public static DateTimeOffset? Stored(DateTimeOffset? time) => time is { } value ? Stored(value) : null;
}
