using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Ensures that the time of an update is not before a time that was recorded earlier.</summary>
internal static class UpdateTimeExtensions
{
    /// <summary>
    /// Returns the time of the update. If the clock was set back, the time of the update can be before the given time. Then returns the
    /// given time.
    /// </summary>
    /// <param name="context">The context of the update.</param>
    /// <param name="earliest">The time that was recorded earlier, such as the start of a build.</param>
    public static DateTimeOffset NowButNotBefore(this UpdateContext context, DateTimeOffset earliest) =>
        context.Now < earliest ? earliest : context.Now;
}
