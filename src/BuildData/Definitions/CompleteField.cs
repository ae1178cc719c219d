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

    public bool SelectsIncomplete(Filter filter)
    {
        bool? complete = filter.Operator switch
        {
            FilterOperator.Equal or FilterOperator.In => false,
            FilterOperator.NotEqual or FilterOperator.NotIn => true,
            _ => null,
        };
        return complete is { } wanted && filter.Values.All(value => (ToSqlValue(filter, value).Number != 0) == wanted);
    }

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (!SelectsIncomplete(filter))
            base.AppendFilter(sql, filter, dialect);
        else if (dialect.ChoosesIndexesByStatistics)
            sql.Condition().Append(Column).Append(" = 0");
        else
            sql.Condition().Append(alias).Append(".id IN (SELECT id FROM ").Append(table).Append(" WHERE complete = 0)");
    }
}
