using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Declares a text attribute with an index on the beginning of the text. A filter for one value uses this index.</summary>
/// <inheritdoc cref="Field{T}" path="/param"/>
internal sealed class IndexedTextField<T>(string wireName, string column, Func<T, SqlValue> getSqlValue, bool isNullable = false)
    : Field<T>(wireName, FieldType.Text, column, getSqlValue, isNullable)
{
    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter is { Operator: FilterOperator.Equal or FilterOperator.In, Values.Count: 1 })
            IndexedText.AppendEqual(sql.Condition(), Column!, ToSqlValue(filter, filter.Values[0]));
        else
            base.AppendFilter(sql, filter, dialect);
    }
}
