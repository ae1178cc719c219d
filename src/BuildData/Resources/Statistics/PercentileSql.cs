namespace BuildData.Resources.Statistics;

/// <summary>
/// Provides the SQL text of medians and 95th percentiles. The percentile p of n values is the value with the rank p · n, rounded up. A
/// function such as <c>percentile_disc</c> returns the same value, but not all databases have one.
/// </summary>
/// <remarks>
/// A subquery numbers the values of each group in their order, in a column <c>…_rank</c>, and counts the rows of the group in the column
/// <c>total</c>. The aggregates then pick the value of one rank.
/// </remarks>
internal static class PercentileSql
{
    /// <summary>The columns <c>median_duration</c> and <c>p95_duration</c>, from the columns <c>duration</c>, <c>duration_rank</c> and <c>total</c>.</summary>
    public const string OfDuration =
        "max(CASE WHEN duration_rank = (total + 1) / 2 THEN duration END) AS median_duration, "
        + "max(CASE WHEN duration_rank = (total * 95 + 99) / 100 THEN duration END) AS p95_duration";

    /// <summary>The columns <c>median_queue_time</c> and <c>p95_queue_time</c>, from the columns <c>queue_time</c>, <c>queue_time_rank</c> and <c>total</c>.</summary>
    public const string OfQueueTime =
        "max(CASE WHEN queue_time_rank = (total + 1) / 2 THEN queue_time END) AS median_queue_time, "
        + "max(CASE WHEN queue_time_rank = (total * 95 + 99) / 100 THEN queue_time END) AS p95_queue_time";
}
