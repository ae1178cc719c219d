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

    private bool IncludesSuccess(Filter filter) => filter.Values.Any(value => ToSqlValue(filter, value).Number == (long)BuildResult.Success);
}
