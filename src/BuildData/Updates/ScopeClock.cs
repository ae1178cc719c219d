namespace BuildData;

/// <summary>Keeps times in order when the system's clock is set back between two readings.</summary>
internal static class ScopeClock
{
    /// <summary>Returns the time of the update, or an earlier reading of the clock if the clock has been set back behind it.</summary>
    public static DateTimeOffset NowNotBefore(this UpdateScope scope, DateTimeOffset reading) =>
        scope.Now < reading ? reading : scope.Now;
}
