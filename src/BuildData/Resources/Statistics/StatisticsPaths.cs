namespace BuildData.Resources.Statistics;

/// <summary>Provides what the paths of several statistics have in common.</summary>
internal static class StatisticsPaths
{
    public const string WatchRefusal =
        "statistics can't be watched. Watch '/builds?complete=false', and read the statistics again when a build has been removed from that result.";

    /// <summary>Returns the end of a path that has periods of the given length.</summary>
    public static string Suffix(StatisticsPeriod? period) => period switch
    {
        null => "",
        StatisticsPeriod.Hour => "/by_hour",
        StatisticsPeriod.Day => "/by_day",
        StatisticsPeriod.Week => "/by_week",
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "The value is not a period of statistics."),
    };
}
