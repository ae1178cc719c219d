using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Represents the field <c>complete</c> of a resource type whose table has a partial index of the incomplete rows. A filter for incomplete
/// resources reads only this index, which is small, however long the history is.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="alias">The alias of the table.</param>
/// <param name="isComplete">Returns the attribute's value.</param>
internal sealed class CompleteField<T>(string table, string alias, Func<T, bool> isComplete)
    : Field<T>("complete", FieldType.Flag, alias + ".complete", resource => isComplete(resource)), ISelectsIncomplete
{
    public bool CompetesWithOrder(Field? firstInOrder) => true;

    public bool SelectsIncomplete(Filter filter) => SelectsOnly(filter, complete: false);

    public override bool SelectsNearlyAll(Filter filter) => SelectsOnly(filter, complete: true);

    // The condition for incomplete resources is constant.
    public override bool IsInIndexOfOrder(Filter filter, string? parent, Field first) => parent is null && SelectsIncomplete(filter);

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (SelectsNearlyAll(filter))
            sql.Condition().Append(Column).Append(" = 1");
        else if (!SelectsIncomplete(filter))
            base.AppendFilter(sql, filter, dialect);
        else if (dialect.ChoosesIndexesByStatistics)
            sql.Condition().Append(Column).Append(" = 0");
        else
            sql.Condition().Append(alias).Append(".id IN (SELECT id FROM ").Append(table).Append(" WHERE complete = 0)");
    }

    private bool SelectsOnly(Filter filter, bool complete) => filter.Operator switch
    {
        FilterOperator.Equal or FilterOperator.In => filter.Values.All(value => IsTrue(filter, value) == complete),
        FilterOperator.NotEqual or FilterOperator.NotIn => filter.Values.All(value => IsTrue(filter, value) != complete),
        _ => false,
    };

    private bool IsTrue(Filter filter, FilterValue value) => ToSqlValue(filter, value).Number != 0;
}
