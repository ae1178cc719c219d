using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Keeps times in order when the system's clock is set back between two readings.</summary>
internal static class UpdateClock
{
    /// <summary>Returns the time of the update, or <paramref name="reading"/>, an earlier reading of the clock, if that is later.</summary>
    public static DateTimeOffset NowNotBefore(this UpdateContext context, DateTimeOffset reading) =>
        context.Now < reading ? reading : context.Now;
}
