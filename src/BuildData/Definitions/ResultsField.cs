using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Represents the field <c>results</c> of a resource type whose table has partial indexes of the rows that have not succeeded. If a filter
/// excludes successful resources, this class adds a constant condition to the statement. With this condition, the database can use a partial
/// index.
/// </summary>
/// <remarks>
/// Most builds and steps succeed, so a partial index is small. A database uses it only if the text of the statement contains the condition of
/// the index. The values of parameters are not in that text.
/// </remarks>
/// <param name="column">The column, such as <c>step.results</c>.</param>
/// <param name="getResults">Returns the attribute's value.</param>
internal sealed class ResultsField<T>(string column, Func<T, BuildResult?> getResults)
    : Field<T>("results", FieldType.Result, column, resource => getResults(resource), isNullable: true)
{
    /// <summary>
    /// Gets the column of the parent, if indexes begin with an expression of the parent and the results: <c>parent * 8 + results</c>. Null if
    /// there are no such indexes. See <see cref="SqlDialect.ChoosesIndexesByStatistics"/>.
    /// </summary>
    public string? IndexedParent { get; init; }

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator is FilterOperator.NotEqual or FilterOperator.NotIn && IncludesSuccess(filter))
        {
            sql.Condition().Append("(").Append(Column).Append(" IS NULL OR ").Append(Column).Append(" > 0)");
            if (filter.Values.Count == 1)
                return;
        }

        base.AppendFilter(sql, filter, dialect);
        if (filter.Operator is FilterOperator.Equal or FilterOperator.In && !IncludesSuccess(filter))
            sql.Condition().Append(Column).Append(" > 0");
    }

    /// <remarks>
    /// <para>The indexes contain an expression of both columns, because a prefix must be a single column. With a range of two columns, PostgreSQL
    /// reads to the end of the parent. With an equality and a range, it expects far too few rows, and sorts them.</para>
    /// <para>The value is a subquery, so that the planner does not know it. Otherwise, the planner would expect no rows after a position. Ids that
    /// can't exist are replaced by others that don't exist, so that the expression does not overflow.</para>
    /// </remarks>
    public override PrefixColumn? FindPrefix(Filter filter, PrefixColumn? parent)
    {
        if (parent is null || parent.Text != IndexedParent)
            return null;
        return new PrefixColumn(
            $"({parent.Text} * 8 + {Column})",
            sql =>
            {
                parent.AppendValue(sql.Append("(SELECT greatest(0, least(1152921504606846975, "));
                sql.Append(")) * 8 + ").Value(ToSqlValue(filter, filter.Values[0])).Append(")");
            },
            [.. parent.Filters, filter]);
    }

    private bool IncludesSuccess(Filter filter) => filter.Values.Any(value => ToSqlValue(filter, value).Number == (long)BuildResult.Success);
}
