using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Keeps the time of an update from being earlier than a time that was recorded before.</summary>
internal static class UpdateTimeExtensions
{
    /// <summary>
    /// Returns the time of the update. If that is before a given time, because the clock was set back, returns the given time.
    /// </summary>
    /// <param name="context">The context of the update.</param>
    /// <param name="earliest">The time that was recorded before, such as the start of a build.</param>
    public static DateTimeOffset NowButNotBefore(this UpdateContext context, DateTimeOffset earliest) =>
        context.Now < earliest ? earliest : context.Now;
}
