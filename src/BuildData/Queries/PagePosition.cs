using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Writes the SQL conditions that select the resources after a position in the order of a query. A page begins at such a position, so that it
/// costs the same at any depth.
/// </summary>
/// <remarks>
/// <para>A comparison with null is never true in SQL. Nulls come first in ascending order, and last in descending order. So if the first term
/// can be null, there can be two ranges after a position: the rest of the first range, and the whole second range. Each range has its own
/// statement, because a database can't use an index for both ranges in one.</para>
/// <para>If the terms have different directions, or if another term than the first can be null, a single condition compares the terms one after
/// the other. Then the database can't use an index for the position.</para>
/// </remarks>
internal static class PagePosition
{
    /// <summary>Returns the conditions of the ranges after a position, in order. Each condition is appended to a statement of its own.</summary>
    /// <param name="order">The order terms. The last term is unique.</param>
    /// <param name="columns">The columns of the terms.</param>
    /// <param name="position">The values of the terms in the resource at the position.</param>
    public static IReadOnlyList<Action<SqlBuilder>> RangesAfter(IReadOnlyList<OrderTerm> order, IReadOnlyList<string> columns, IReadOnlyList<SqlValue> position)
    {
        bool descending = order[0].Descending;
        if (order.Any(term => term.Descending != descending) || order.Skip(1).Any(term => term.Field.IsNullable))
            return [sql => AppendTermByTerm(sql.Condition(), order, columns, position, 0)];
        if (!order[0].Field.IsNullable)
            return [sql => AppendTogether(sql.Condition(), order, columns, position, 0)];

        string first = columns[0];
        bool isNull = position[0].Kind == SqlValueKind.Null;
        Action<SqlBuilder> restOfRange = isNull
            ? sql => AppendTogether(sql.Condition().Append(first).Append(" IS NULL").Condition(), order, columns, position, 1)
            : sql => AppendTogether(sql.Condition(), order, columns, position, 0);
        if (isNull == descending)
            return [restOfRange];

        return [restOfRange, sql => sql.Condition().Append(first).Append(descending ? " IS NULL" : " IS NOT NULL")];
    }

    /// <summary>Appends <c>(a, b) &gt; ($1, $2)</c>.</summary>
    private static void AppendTogether(SqlBuilder sql, IReadOnlyList<OrderTerm> order, IReadOnlyList<string> columns, IReadOnlyList<SqlValue> position, int from)
    {
        sql.Append("(");
        for (int i = from; i < order.Count; i++)
            sql.Append(i > from ? ", " : "").Append(columns[i]);
        sql.Append(order[0].Descending ? ") < (" : ") > (");
        for (int i = from; i < order.Count; i++)
            sql.Append(i > from ? ", " : "").Value(position[i]);
        sql.Append(")");
    }

    /// <summary>Appends <c>(a &gt; $1 OR (a = $1 AND (b &gt; $2)))</c>.</summary>
    private static void AppendTermByTerm(SqlBuilder sql, IReadOnlyList<OrderTerm> order, IReadOnlyList<string> columns, IReadOnlyList<SqlValue> position, int term)
    {
        string column = columns[term];
        SqlValue value = position[term];
        bool isNull = value.Kind == SqlValueKind.Null;
        bool descending = order[term].Descending;
        sql.Append("(");
        if (isNull)
            sql.Append(descending ? "1 = 0" : column).Append(descending ? "" : " IS NOT NULL");
        else
            sql.Append(column).Append(descending ? " < " : " > ").Value(value);
        if (!isNull && descending && order[term].Field.IsNullable)
            sql.Append(" OR ").Append(column).Append(" IS NULL");

        if (term + 1 < order.Count)
        {
            sql.Append(" OR (").Append(column);
            if (isNull)
                sql.Append(" IS NULL");
            else
                sql.Append(" = ").Value(value);
            sql.Append(" AND ");
            AppendTermByTerm(sql, order, columns, position, term + 1);
            sql.Append(")");
        }

        sql.Append(")");
    }
}
