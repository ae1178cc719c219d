using System.Text;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Evaluates filters in memory, with the same outcome as the SQL of <see cref="FilterSqlWriter"/>.</summary>
internal static class FilterEvaluator
{
    /// <summary>Returns whether a field's value matches a filter.</summary>
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
                return !isNull && filter.Values.All(wanted => value.Text!.Contains(field.Bind(filter, wanted).Text!, StringComparison.Ordinal));
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

    /// <summary>Compares a field's value with a filter's. Returns 0 if they are equal or, for a time, if the value is within the wanted second. Returns a negative number if the value is less.</summary>
    private static int Compare(Field field, Filter filter, FilterValue wanted, SqlValue value)
    {
        if (field.Type == FieldType.Time)
        {
            (long from, long to) = field.BindTime(filter, wanted);
            return value.Number < from ? -1 : value.Number >= to ? 1 : 0;
        }

        SqlValue bound = field.Bind(filter, wanted);
        return field.Type == FieldType.Text ? CompareText(value.Text!, bound.Text!) : value.Number.CompareTo(bound.Number);
    }

    /// <summary>Compares by code point, as databases do. The order of UTF-16 differs, because code points above U+FFFF precede U+E000 there.</summary>
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
