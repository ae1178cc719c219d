using System.Numerics;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Writes filters as SQL conditions. Column names come from <see cref="Field"/>. The values of a filter become SQL parameters.
/// </summary>
internal static class FilterSqlWriter
{
    /// <summary>
    /// Returns how many comparisons the SQL of a filter contains. A comparison with a list (<c>IN</c> or <c>NOT IN</c>) counts as one.
    /// Otherwise each value of the filter counts as one.
    /// </summary>
    public static int CountComparisons(Field field, Filter filter) => IsList(field, filter) ? 1 : filter.Values.Count;

    /// <summary>Returns the maximum number of SQL parameters that the SQL of a filter contains.</summary>
    public static int CountParameters(Field field, Filter filter) =>
        IsList(field, filter) ? ListLength(filter)
        : field.Type == FieldType.Time ? 2 * filter.Values.Count
        : filter.Values.Count;

    /// <summary>
    /// Appends the SQL conditions of a filter. Do not call this method for a field that contains times, or for the operator
    /// <c>contains</c>.
    /// </summary>
    public static void AppendComparison(SqlBuilder sql, Field field, Filter filter)
    {
        switch (filter.Operator)
        {
            case FilterOperator.Equal or FilterOperator.In:
                sql.Condition().Append(field.Column);
                AppendAny(sql, field, filter, " = ", " IN ");
                break;
            case FilterOperator.NotEqual or FilterOperator.NotIn:
                sql.Condition().Append("(").Append(field.Column).Append(" IS NULL OR ").Append(field.Column);
                AppendAny(sql, field, filter, " <> ", " NOT IN ");
                sql.Append(")");
                break;
            default:
                string comparison = filter.Operator switch
                {
                    FilterOperator.LessThan => " < ",
                    FilterOperator.LessOrEqual => " <= ",
                    FilterOperator.GreaterThan => " > ",
                    _ => " >= ",
                };
                foreach (FilterValue value in filter.Values)
                    sql.Condition().Append(field.Column).Append(comparison).Value(field.ToSqlValue(filter, value));
                break;
        }
    }

    /// <summary>
    /// Appends the SQL conditions of a filter on a field that contains times. Each value of the filter becomes a range of microseconds,
    /// because a whole second matches every time within that second.
    /// </summary>
    public static void AppendTimeComparison(SqlBuilder sql, Field field, Filter filter)
    {
        ReadOnlySpan<char> column = field.Column;
        bool none = filter.Operator is FilterOperator.NotEqual or FilterOperator.NotIn;
        bool any = filter.Operator is FilterOperator.Equal or FilterOperator.In;
        if (any || none)
        {
            sql.Condition().Append("(");
            if (none)
                sql.Append(column).Append(" IS NULL OR NOT (");
            for (int i = 0; i < filter.Values.Count; i++)
            {
                (long from, long to) = field.ToMicrosecondRange(filter, filter.Values[i]);
                sql.Append(i > 0 ? " OR (" : "(").Append(column).Append(" >= ").Value(from)
                    .Append(" AND ").Append(column).Append(" < ").Value(to).Append(")");
            }

            sql.Append(none ? "))" : ")");
            return;
        }

        foreach (FilterValue value in filter.Values)
        {
            (long from, long to) = field.ToMicrosecondRange(filter, value);
            sql.Condition().Append(column);
            _ = filter.Operator switch
            {
                FilterOperator.LessThan => sql.Append(" < ").Value(from),
                FilterOperator.LessOrEqual => sql.Append(" < ").Value(to),
                FilterOperator.GreaterThan => sql.Append(" >= ").Value(to),
                _ => sql.Append(" >= ").Value(from),
            };
        }
    }

    /// <summary>
    /// Appends the SQL conditions of a filter with the operator <c>contains</c>. A text matches if it contains each value of the filter.
    /// </summary>
    /// <exception cref="InvalidQueryException">The field is not text.</exception>
    public static void AppendContains(SqlBuilder sql, Field field, Filter filter, SqlDialect dialect)
    {
        if (field.Type != FieldType.Text)
            throw new InvalidQueryException(filter.Parameter, $"the field '{field.Name}' is not text.");

        foreach (FilterValue value in filter.Values)
        {
            sql.Condition().Append(dialect.PositionFunction).Append("(").Append(field.Column).Append(", ")
                .Value(field.ToSqlValue(filter, value)).Append(") > 0");
        }
    }

    private static void AppendAny(SqlBuilder sql, Field field, Filter filter, ReadOnlySpan<char> one, ReadOnlySpan<char> several)
    {
        if (filter.Values.Count == 1)
        {
            sql.Append(one).Value(field.ToSqlValue(filter, filter.Values[0]));
            return;
        }

        int length = ListLength(filter);
        sql.Append(several).Append("(");
        for (int i = 0; i < length; i++)
        {
            if (i > 0)
                sql.Append(", ");
            sql.Value(field.ToSqlValue(filter, filter.Values[Math.Min(i, filter.Values.Count - 1)]));
        }

        sql.Append(")");
    }

    private static bool IsList(Field field, Filter filter) =>
        filter.Operator is FilterOperator.Equal or FilterOperator.NotEqual or FilterOperator.In or FilterOperator.NotIn
        && field.Type != FieldType.Time;

    // The length is rounded up to a power of two, so that a few prepared statements serve lists of every length.
    private static int ListLength(Filter filter) => (int)BitOperations.RoundUpToPowerOf2((uint)filter.Values.Count);
}
