using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>Converts filter operators to and from their wire names.</summary>
internal static class FilterOperators
{
    private static readonly FilterOperator[] All = Enum.GetValues<FilterOperator>();

    /// <summary>Returns the wire name of an operator, such as <c>ne</c>.</summary>
    public static string WireName(FilterOperator op) => op switch
    {
        FilterOperator.Equal => "eq",
        FilterOperator.NotEqual => "ne",
        FilterOperator.LessThan => "lt",
        FilterOperator.LessOrEqual => "le",
        FilterOperator.GreaterThan => "gt",
        FilterOperator.GreaterOrEqual => "ge",
        FilterOperator.Contains => "contains",
        FilterOperator.In => "in",
        FilterOperator.NotIn => "notin",
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "The value is not a filter operator."),
    };

    /// <summary>Converts a wire name to the operator.</summary>
    /// <param name="name">The wire name, such as <c>ne</c>.</param>
    /// <param name="parameter">The name of the query parameter. The message of the exception contains this name.</param>
    /// <exception cref="InvalidQueryException">No operator has the name.</exception>
    public static FilterOperator Parse(string name, string parameter)
    {
        foreach (FilterOperator op in All)
        {
            if (WireName(op) == name)
                return op;
        }

        throw new InvalidQueryException(parameter, $"'{ShortText.Of(name)}' is not an operator. The operators are eq, ne, lt, le, gt, ge, contains, in and notin.");
    }
}
