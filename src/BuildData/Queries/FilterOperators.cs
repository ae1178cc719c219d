namespace BuildData;

/// <summary>The wire names of the filter operators.</summary>
internal static class FilterOperators
{
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
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a filter operator"),
    };

    /// <summary>The field and the operator of a parameter such as <c>results__ne</c>.</summary>
    /// <exception cref="InvalidQueryException">There is no such operator.</exception>
    public static (string Field, FilterOperator Operator) Split(string parameter)
    {
        int separator = parameter.LastIndexOf("__", StringComparison.Ordinal);
        if (separator < 0)
            return (parameter, FilterOperator.Equal);

        string name = parameter[(separator + 2)..];
        foreach (FilterOperator op in Enum.GetValues<FilterOperator>())
        {
            if (WireName(op) == name)
                return (parameter[..separator], op);
        }

        throw new InvalidQueryException(parameter, $"there is no operator '{name}'; there are eq, ne, lt, le, gt, ge, contains, in and notin.");
    }
}
