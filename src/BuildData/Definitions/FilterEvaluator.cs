using System.Text;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Evaluates filters in memory. The SQL of <see cref="FilterSqlWriter"/> has the same results.</summary>
internal static class FilterEvaluator
{
    /// <summary>Returns whether a field's value matches a filter.</summary>
    /// <param name="field">The field.</param>
    /// <param name="filter">The filter, which must already be validated.</param>
    /// <param name="value">The field's value in a resource.</param>
    public static bool Matches(Field field, Filter filter, SqlValue value)
    {
        bool isNull = value.Kind == SqlValueKind.Null;
        switch (filter.Operator)
        {
            case FilterOperator.Equal or FilterOperator.In:
                return !isNull && filter.Values.Any(wanted => Compare(field, filter, wanted, value) == 0);
            case FilterOperator.NotEqual or FilterOperator.NotIn:
                return isNull || filter.Values.All(wanted => Compare(field, filter, wanted, value) != 0);
            case FilterOperator.Contains:
                return !isNull && filter.Values.All(wanted => value.Text!.Contains(field.ToSqlValue(filter, wanted).Text!, StringComparison.Ordinal));
            default:
                return !isNull && filter.Values.All(wanted => Matches(filter.Operator, Compare(field, filter, wanted, value)));
        }
    }

    private static bool Matches(FilterOperator op, int comparison) => op switch
    {
        FilterOperator.LessThan => comparison < 0,
        FilterOperator.LessOrEqual => comparison <= 0,
        FilterOperator.GreaterThan => comparison > 0,
        _ => comparison >= 0,
    };

    /// <summary>Compares the value of a field with a value of a filter.</summary>
    /// <returns>
    /// A negative number if the field's value is less, 0 if the two values are equal, and a positive number if the field's value is greater.
    /// If the filter's value is a whole second, every time within that second is equal to it.
    /// </returns>
    private static int Compare(Field field, Filter filter, FilterValue wanted, SqlValue value)
    {
        if (field.Type == FieldType.Time)
        {
            (long from, long to) = field.ToMicrosecondRange(filter, wanted);
            return value.Number < from ? -1 : value.Number >= to ? 1 : 0;
        }

        SqlValue wantedValue = field.ToSqlValue(filter, wanted);
        return field.Type == FieldType.Text ? CompareText(value.Text!, wantedValue.Text!) : value.Number.CompareTo(wantedValue.Number);
    }

    /// <summary>
    /// Compares two texts by their Unicode code points, as the databases do. By contrast, an ordinal comparison in .NET puts U+10000 before
    /// U+E000.
    /// </summary>
    private static int CompareText(string left, string right)
    {
        StringRuneEnumerator ours = left.EnumerateRunes();
        StringRuneEnumerator theirs = right.EnumerateRunes();
        while (true)
        {
            bool more = ours.MoveNext();
            if (!theirs.MoveNext())
                return more ? 1 : 0;
            if (!more)
                return -1;
            if (ours.Current.CompareTo(theirs.Current) is var order and not 0)
                return order;
        }
    }
}
