using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Represents the first column of the indexes that serve a query, if this column has a single value in all resources of the query. For example,
/// indexes of the builds begin with the builder.
/// </summary>
/// <param name="Text">The column, or the SQL expression that is in the place of a column.</param>
/// <param name="AppendValue">Appends the value: a parameter, or a subquery that returns the value.</param>
/// <param name="Filters">The filters that select the value. They need no other condition.</param>
internal sealed record PrefixColumn(string Text, Action<SqlBuilder> AppendValue, params IReadOnlyList<Filter> Filters)
{
    /// <summary>Gets a constant condition that the database needs in order to use the indexes; null if it needs none.</summary>
    public string? Condition { get; init; }

    /// <summary>Returns whether the value of the column replaces the condition of a filter.</summary>
    public bool Replaces(Filter filter) => Filters.Any(replaced => ReferenceEquals(replaced, filter));

    /// <summary>Appends the condition that the column has its value.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="asRange">Whether to append a range, because the order begins with the column. See <c>PageReader</c>.</param>
    public void AppendCondition(SqlBuilder sql, bool asRange)
    {
        AppendValue(sql.Condition().Append(Text).Append(asRange ? " BETWEEN " : " = "));
        if (asRange)
            AppendValue(sql.Append(" AND "));
        if (Condition is not null)
            sql.Condition().Append(Condition);
    }
}
