using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Keeps two times in order if the system's clock was set back between them.</summary>
internal static class UpdateContextExtensions
{
    /// <summary>
    /// Returns the later of two times: the time of the update, and an earlier reading of the clock. The reading is later only if the clock was
    /// set back.
    /// </summary>
    /// <param name="context">The context of the update.</param>
    /// <param name="reading">The earlier reading of the clock, such as the start of a build.</param>
    public static DateTimeOffset NowOrLater(this UpdateContext context, DateTimeOffset reading) =>
        context.Now < reading ? reading : context.Now;
}
