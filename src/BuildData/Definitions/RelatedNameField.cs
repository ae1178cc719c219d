using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute that is the name of a related resource, such as the name of a build's builder. The name is in the row of the related
/// resource. A filter becomes a condition on the id of the related resource, so that the database can use an index.
/// </summary>
/// <param name="wireName">The wire name.</param>
/// <param name="idColumn">The column that contains the id of the related resource.</param>
/// <param name="table">The table of the related resource. It has the columns <c>id</c> and <c>name</c>.</param>
/// <param name="getName">Returns the attribute's value.</param>
/// <param name="isNullable">Whether the column with the id can contain null.</param>
internal sealed class RelatedNameField<T>(string wireName, string idColumn, string table, Func<T, string?> getName, bool isNullable = false)
    : Field<T>(wireName, FieldType.Text, $"(SELECT named.name FROM {table} AS named WHERE named.id = {idColumn})", resource => getName(resource), isNullable)
{
    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        bool isEqual = filter.Operator is FilterOperator.Equal or FilterOperator.In;
        if (isEqual && filter.Values.Count == 1)
        {
            // With one id, the database can read the rows in the order of an index.
            AppendId(sql.Condition().Append(idColumn).Append(" = "), filter);
            return;
        }

        base.AppendFilter(sql, filter, dialect);
    }

    public override PrefixColumn? FindPrefix(Filter filter, PrefixColumn? parent, Field? first) =>
        IsFirstInIndexes && parent is null ? new PrefixColumn(idColumn, sql => AppendId(sql, filter), filter) : null;

    private void AppendId(SqlBuilder sql, Filter filter) =>
        sql.Append("(SELECT named.id FROM ").Append(table).Append(" AS named WHERE named.name = ").Value(ToSqlValue(filter, filter.Values[0])).Append(")");
}
