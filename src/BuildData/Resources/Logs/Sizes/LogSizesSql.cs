using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Resources.Logs.Sizes;

/// <summary>Writes the subquery that computes the sizes of logs: the sums of each builder's logs, and the names of the builders.</summary>
internal static class LogSizesSql
{
    // PostgreSQL computes a sum of integers as a decimal number.
    private const string Sums =
        "(SELECT builder.name AS builder_name, sums_of_logs.* FROM (SELECT log.builder_id, count(*) AS logs, "
        + "CAST(sum(log.num_lines) AS BIGINT) AS num_lines, CAST(sum(log.num_bytes) AS BIGINT) AS num_bytes, "
        + "CAST(sum(log.stored_bytes) AS BIGINT) AS stored_bytes FROM ";

    /// <summary>Appends the subquery with the alias <c>size</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="builder">The builder; null for all builders.</param>
    /// <param name="spec">The query options, with the filters on logs.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    public static void Append(SqlBuilder sql, BuilderRef? builder, ValidatedSpec spec, SqlDialect dialect)
    {
        sql.Append(Sums).Append(LogDefinition.Instance.Table);
        if (builder is { } one)
            sql.Condition().Append($"log.builder_id = {one}");
        spec.AppendSourceConditions(sql, dialect);
        sql.EndConditions().Append(" GROUP BY log.builder_id) AS sums_of_logs JOIN builders AS builder ON builder.id = sums_of_logs.builder_id) AS size");
    }
}
