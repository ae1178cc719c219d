using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Resources.Steps;

/// <summary>
/// Represents the field <c>results</c> of a step. If a filter excludes successful steps, this class adds a constant condition to the
/// statement. With this condition, the database can use a partial index.
/// </summary>
/// <remarks>
/// The partial index contains only the few steps that have not succeeded. A database uses a partial index only if the text of the
/// statement contains the condition of the index. The values of parameters are not in that text.
/// </remarks>
internal sealed class StepResultsField() : Field<Step>("results", FieldType.Result, "step.results", static step => step.Results, isNullable: true)
{
    private const string Unsuccessful = "step.results > 0";
    private const string NotSuccessful = "(step.results IS NULL OR step.results > 0)";

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator is FilterOperator.NotEqual or FilterOperator.NotIn && IncludesSuccess(filter))
        {
            sql.Condition().Append(NotSuccessful);
            if (filter.Values.Count == 1)
                return;
        }

        base.AppendFilter(sql, filter, dialect);
        if (filter.Operator is FilterOperator.Equal or FilterOperator.In && !IncludesSuccess(filter))
            sql.Condition().Append(Unsuccessful);
    }

    private bool IncludesSuccess(Filter filter) => filter.Values.Any(value => ToSqlValue(filter, value).Number == (long)BuildResult.Success);
}
