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

    /// <summary>Gets the columns in whose order indexes contain the resources of each result except success.</summary>
    public IReadOnlyList<string> OrdersOfEachResult { get; init; } = [];

    /// <summary>
    /// Gets the columns in whose order indexes contain the resources of a parent that have not succeeded. The parent is in
    /// <see cref="Field.IndexedParents"/>.
    /// </summary>
    public IReadOnlyList<string> OrdersOfUnsuccessful { get; init; } = [];

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator is FilterOperator.NotEqual or FilterOperator.NotIn && IncludesSuccess(filter))
        {
            sql.Condition().Append("(").Append(Column).Append(" IS NULL OR ").Append(Column).Append(" > 0)");
            if (filter.Values.Count == 1)
                return;
        }

        base.AppendFilter(sql, filter, dialect);
    }

    /// <remarks>
    /// A database without statistics expects few resources of each result. So it would use the index even if it must then sort them all, or if
    /// another index finds fewer. It must not know that it can use the index, unless the index has the order and no other index can be better.
    /// </remarks>
    public override void AppendIndexCondition(SqlBuilder sql, Filter filter, Field? first, bool isAlone, SqlDialect dialect)
    {
        if (filter.Operator is FilterOperator.Equal or FilterOperator.In && !IncludesSuccess(filter)
            && (first is null || dialect.ChoosesIndexesByStatistics || (isAlone && OrdersOfEachResult.Contains(first.Column))))
        {
            sql.Condition().Append(Column).Append(" > 0");
        }
    }

    /// <remarks>
    /// <para>The indexes contain an expression of both columns, because a prefix must be a single column. With a range of two columns, PostgreSQL
    /// reads to the end of the parent. With an equality and a range, it expects far too few rows, and sorts them.</para>
    /// <para>The value is a subquery, so that the planner does not know it. Otherwise, the planner would expect no rows after a position. Ids that
    /// can't exist are replaced by others that don't exist, so that the expression does not overflow.</para>
    /// </remarks>
    public override PrefixColumn? FindPrefix(Filter filter, PrefixColumn? parent, Field? first)
    {
        if (parent is null)
        {
            return first is not null && OrdersOfEachResult.Contains(first.Column) && !IncludesSuccess(filter)
                ? new PrefixColumn(Column!, sql => sql.Value(ToSqlValue(filter, filter.Values[0])), filter) { Condition = $"{Column} > 0" }
                : null;
        }

        if (parent.Text != IndexedParent)
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

    // The condition for resources that have not succeeded is constant.
    public override bool IsInIndexOfOrder(Filter filter, string? parent, Field first) =>
        base.IsInIndexOfOrder(filter, parent, first)
        || (filter is { Operator: FilterOperator.NotEqual or FilterOperator.NotIn, Values.Count: 1 } && IncludesSuccess(filter)
            && (parent is null || (IndexedParents.Contains(parent) && OrdersOfUnsuccessful.Contains(first.Column))));

    private bool IncludesSuccess(Filter filter) => filter.Values.Any(value => ToSqlValue(filter, value).Number == (long)BuildResult.Success);
}
