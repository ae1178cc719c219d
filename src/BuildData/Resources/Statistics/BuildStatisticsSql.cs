using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Resources.Statistics;

/// <summary>Writes the subquery that computes the statistics of builds.</summary>
/// <remarks>
/// Four levels, from the inside: the builds that match the filters, with their duration and queue time; their ranks within their group; one
/// row for each group; and the names of the builders.
/// </remarks>
internal static class BuildStatisticsSql
{
    private const long MicrosecondsPerHour = 3_600_000_000;

    // The microseconds from 0001-01-01 to 1970-01-01. The earlier day is a Monday, so that the remainder also finds the beginning of a week.
    private const string MicrosecondsBefore1970 = "62135596800000000";

    private const string Groups =
        "(SELECT builder.name AS builder_name, groups_of_builds.* FROM (SELECT builder_id, period_start, count(*) AS builds, "
        + "count(CASE WHEN results = 0 THEN 1 END) AS success, "
        + "count(CASE WHEN results = 1 THEN 1 END) AS warnings, "
        + "count(CASE WHEN results = 2 THEN 1 END) AS failure, "
        + "count(CASE WHEN results = 3 THEN 1 END) AS skipped, "
        + "count(CASE WHEN results = 4 THEN 1 END) AS exception, "
        + "count(CASE WHEN results = 5 THEN 1 END) AS retry, "
        + "count(CASE WHEN results = 6 THEN 1 END) AS cancelled, "
        + PercentileSql.OfDuration + ", " + PercentileSql.OfQueueTime;

    private const string Ranks =
        " FROM (SELECT builder_id, period_start, results, duration, queue_time, "
        + "count(*) OVER (PARTITION BY builder_id, period_start) AS total, "
        + "row_number() OVER (PARTITION BY builder_id, period_start ORDER BY duration) AS duration_rank, "
        + "row_number() OVER (PARTITION BY builder_id, period_start ORDER BY queue_time) AS queue_time_rank";

    // With a join, the planner of PostgreSQL may read all build requests.
    private const string Builds =
        " FROM (SELECT build.builder_id, build.results, build.complete_at - build.started_at AS duration, "
        + "build.started_at - (SELECT request.submitted_at FROM buildrequests AS request WHERE request.id = build.buildrequest_id) AS queue_time, ";

    /// <summary>Appends the subquery with the alias <c>statistic</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="builder">The builder; null for all builders.</param>
    /// <param name="period">The length of the periods; null for no periods.</param>
    /// <param name="spec">The query options, with the filters on builds.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    public static void Append(SqlBuilder sql, BuilderRef? builder, StatisticsPeriod? period, ValidatedSpec spec, SqlDialect dialect)
    {
        sql.Append(Groups).Append(Ranks).Append(Builds);
        if (period is { } length)
            sql.Append("build.complete_at - (build.complete_at + ").Append(MicrosecondsBefore1970).Append($") % {Microseconds(length)} AS period_start");
        else
            sql.Append("CAST(NULL AS BIGINT) AS period_start");

        sql.Append(" FROM ").Append(BuildDefinition.Instance.Table).Condition().Append("build.complete = 1");
        if (builder is { } one)
            BuildsOfOneBuilder.AppendCondition(sql.Condition(), one, dialect);
        spec.AppendSourceConditions(sql, dialect);
        sql.EndConditions().Append(SubqueryFence.Text)
            .Append(") AS complete_builds) AS ranked_builds GROUP BY builder_id, period_start) AS groups_of_builds ")
            .Append("JOIN builders AS builder ON builder.id = groups_of_builds.builder_id) AS statistic");
    }

    private static long Microseconds(StatisticsPeriod period) => period switch
    {
        StatisticsPeriod.Hour => MicrosecondsPerHour,
        StatisticsPeriod.Day => 24 * MicrosecondsPerHour,
        _ => 7 * 24 * MicrosecondsPerHour,
    };
}
