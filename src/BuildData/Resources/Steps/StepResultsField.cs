using BuildData.Stores;

namespace BuildData;

/// <summary>
/// A step's results. The few that did not succeed have an index of their own, which SQLite takes only where the statement says
/// in so many words that it asks for no others.
/// </summary>
internal sealed class StepResultsField() : Field<Step>("results", FieldType.Result, "s.results", static step => step.Results, isNullable: true)
{
    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        base.AppendFilter(sql, filter, dialect);
        bool any = filter.Operator is FilterOperator.Equal or FilterOperator.In;
        if (any && filter.Values.All(value => Bind(filter, value).Number > 0))
            sql.Condition().Append("s.results > 0");
    }
}
