using BuildData.Definitions;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>Represents a condition on one field. A query returns only the resources that match all of its filters.</summary>
public sealed record Filter
{
    /// <summary>Creates a condition on one field.</summary>
    /// <param name="field">The field's wire name, such as <c>results</c>.</param>
    /// <param name="op">The operator.</param>
    /// <param name="values">The values to compare with, at least one.</param>
    public Filter(string field, FilterOperator op, params IReadOnlyList<FilterValue> values)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(values);

        // Copy the values before the check, because the caller may change the list.
        Values = EquatableList.Copy(values);
        if (Values.Count == 0)
            throw new ArgumentException("A filter needs at least one value.", nameof(values));

        Field = field;
        Operator = op;
        Parameter = $"{field}__{FilterOperators.WireName(op)}";
    }

    /// <summary>Gets the field's wire name.</summary>
    public string Field { get; }

    /// <summary>Gets the operator.</summary>
    public FilterOperator Operator { get; }

    /// <summary>Gets the values to compare with.</summary>
    public IReadOnlyList<FilterValue> Values { get; }

    /// <summary>
    /// Gets the name of this filter for error messages. The name consists of the field and the operator, such as <c>results__ne</c>.
    /// </summary>
    internal string Parameter { get; init; }
}
