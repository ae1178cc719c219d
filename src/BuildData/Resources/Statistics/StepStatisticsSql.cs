using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Resources.Statistics;

/// <summary>Writes the subquery that computes the statistics of steps.</summary>
/// <remarks>
/// Four levels, from the inside: the steps of the builds that match the filters, with their duration; their ranks among the steps with the
/// same name; one row for each name; and the slowdown.
/// </remarks>
internal static class StepStatisticsSql
{
    /// <summary>The number of units of the column <c>slowdown</c> in a slowdown of 1.</summary>
    public const long SlowdownUnits = 1000;

    private const string Text =
        "(SELECT names_of_steps.*, newest_duration * 1000 / nullif(median_duration, 0) AS slowdown FROM (SELECT name, count(*) AS steps, "
        + "count(CASE WHEN results = 2 THEN 1 END) AS failures, " + PercentileSql.OfDuration + ", "
        + "max(id) AS newest_id, max(CASE WHEN newer = 1 THEN duration END) AS newest_duration "
        + "FROM (SELECT id, name, results, duration, count(*) OVER (PARTITION BY name) AS total, "
        + "row_number() OVER (PARTITION BY name ORDER BY duration) AS duration_rank, "
        + "row_number() OVER (PARTITION BY name ORDER BY id DESC) AS newer "
        + "FROM (SELECT step.id, step.name, step.results, step.complete_at - step.started_at AS duration FROM ";

    /// <summary>Appends the subquery with the alias <c>statistic</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="builder">The builder.</param>
    /// <param name="spec">The query options, with the filters on builds.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    public static void Append(SqlBuilder sql, BuilderRef builder, ValidatedSpec spec, SqlDialect dialect)
    {
        // SQLite runs a CROSS JOIN in the written order: it searches for the builds, and then for the steps of each build.
        sql.Append(Text).Append(BuildDefinition.Instance.Table).Append(" CROSS JOIN steps AS step").Condition()
            .Append("step.build_id = build.id AND ");
        BuildsOfOneBuilder.AppendCondition(sql, builder, dialect)
            .Append(" AND build.complete = 1 AND step.complete = 1 AND step.started_at IS NOT NULL");
        spec.AppendSourceConditions(sql, dialect);
        sql.EndConditions().Append(SubqueryFence.Text)
            .Append(") AS complete_steps) AS ranked_steps GROUP BY name) AS names_of_steps) AS statistic");
    }
}
