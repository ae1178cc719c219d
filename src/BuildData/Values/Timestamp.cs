namespace BuildData.Values;

/// <summary>Converts times to and from the form in which the stores hold times: whole microseconds since 1970-01-01T00:00:00Z.</summary>
internal static class Timestamp
{
    public const long MicrosecondsPerSecond = 1_000_000;

    private static readonly long EpochTicks = DateTimeOffset.UnixEpoch.UtcTicks;

    /// <summary>Converts a time to microseconds, rounded down.</summary>
    public static long ToMicroseconds(DateTimeOffset time) =>
        Math.DivRem(time.UtcTicks - EpochTicks, TimeSpan.TicksPerMicrosecond) is var (quotient, remainder) && remainder < 0
            ? quotient - 1
            : quotient;

    /// <summary>Returns whether a number of microseconds is a time, from year 1 to 9999.</summary>
    public static bool IsInRange(long microseconds) =>
        microseconds >= ToMicroseconds(DateTimeOffset.MinValue) && microseconds <= ToMicroseconds(DateTimeOffset.MaxValue);

    public static DateTimeOffset FromMicroseconds(long microseconds) =>
        new(EpochTicks + (microseconds * TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    public static DateTimeOffset? FromMicroseconds(long? microseconds) =>
        microseconds is { } value ? FromMicroseconds(value) : null;

    /// <summary>Returns a time in UTC, rounded down to whole microseconds. A time that was stored and read again has this form.</summary>
    public static DateTimeOffset RoundDownToMicroseconds(DateTimeOffset time) => FromMicroseconds(ToMicroseconds(time));

    public static DateTimeOffset? RoundDownToMicroseconds(DateTimeOffset? time) => time is { } value ? RoundDownToMicroseconds(value) : null;
}
