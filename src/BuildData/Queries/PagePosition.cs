using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Writes the SQL conditions that select the resources after a position in the order of a query. A page begins at such a position, so that it
/// costs the same at any depth.
/// </summary>
/// <remarks>
/// <para>A comparison with null is never true in SQL. Nulls come first in ascending order, and last in descending order. So if the first column
/// can be null, there can be two ranges after a position: the rest of the range with the position, and the whole other range. Each range has
/// its own statement, because a database can't use an index for both ranges in one statement.</para>
/// <para>If the columns have different directions, or if another column than the first can be null, a single condition compares the columns one
/// after the other. Then the database can't use an index for the position.</para>
/// </remarks>
/// <param name="columns">The columns of the order. The last column is unique.</param>
/// <param name="position">The values of the columns in the resource at the position.</param>
internal sealed class PagePosition(IReadOnlyList<OrderColumn> columns, IReadOnlyList<SqlValue> position)
{
    private readonly bool _descending = columns[0].Descending;

    /// <summary>Gets the ranges after the position, in order.</summary>
    public IReadOnlyList<PageRange> Ranges()
    {
        if (columns.Any(column => column.Descending != _descending) || columns.Skip(1).Any(column => column.IsNullable))
            return [new PageRange((sql, _) => AppendOneByOne(sql.Condition(), 0))];
        if (!columns[0].IsNullable)
            return [Together()];

        string first = columns[0].Text;
        bool isNull = position[0].Kind == SqlValueKind.Null;
        PageRange rest = isNull
            ? new PageRange((sql, _) => AppendTogether(sql.Condition().Append(first).Append(" IS NULL").Condition(), 1, prefix: null)) { IsOfNulls = true }
            : Together();
        if (isNull == _descending)
            return [rest];
        return [rest, new PageRange((sql, _) => sql.Condition().Append(first).Append(_descending ? " IS NULL" : " IS NOT NULL")) { IsOfNulls = _descending }];
    }

    private PageRange Together() => new((sql, prefix) => AppendTogether(sql.Condition(), 0, prefix));

    /// <summary>Appends <c>(prefix, a, b) &gt; ($1, $2, $3)</c>.</summary>
    private void AppendTogether(SqlBuilder sql, int from, PrefixColumn? prefix)
    {
        sql.Append("(");
        if (prefix is not null)
            sql.Append(prefix.Text).Append(", ");
        for (int i = from; i < columns.Count; i++)
            sql.Append(columns[i].Text).Append(", ");
        sql.TrimEnd(2).Append(_descending ? ") < (" : ") > (");
        if (prefix is not null)
        {
            prefix.AppendValue(sql);
            sql.Append(", ");
        }

        for (int i = from; i < columns.Count; i++)
            sql.Value(position[i]).Append(", ");
        sql.TrimEnd(2).Append(")");
    }

    /// <summary>Appends <c>(a &gt; $1 OR (a = $1 AND (b &gt; $2)))</c>.</summary>
    private void AppendOneByOne(SqlBuilder sql, int index)
    {
        (string column, bool descending, bool isNullable) = columns[index];
        SqlValue value = position[index];
        bool isNull = value.Kind == SqlValueKind.Null;
        sql.Append("(");
        if (isNull && descending)
            sql.Append("1 = 0");
        else if (isNull)
            sql.Append(column).Append(" IS NOT NULL");
        else
            sql.Append(column).Append(descending ? " < " : " > ").Value(value);
        if (!isNull && descending && isNullable)
            sql.Append(" OR ").Append(column).Append(" IS NULL");

        if (index + 1 < columns.Count)
        {
            sql.Append(" OR (").Append(column);
            if (isNull)
                sql.Append(" IS NULL");
            else
                sql.Append(" = ").Value(value);
            sql.Append(" AND ");
            AppendOneByOne(sql, index + 1);
            sql.Append(")");
        }

        sql.Append(")");
    }
}
