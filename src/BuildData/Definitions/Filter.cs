using BuildData.Definitions;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>A condition on one field. Several filters must all hold.</summary>
public sealed record Filter
{
    /// <summary>A condition on one field.</summary>
    /// <param name="field">The field's wire name, such as <c>results</c>.</param>
    /// <param name="op">How to compare.</param>
    /// <param name="values">What to compare with, at least one.</param>
    public Filter(string field, FilterOperator op, params IReadOnlyList<FilterValue> values)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(values);

        // Copied first: what is checked is what is kept.
        Values = ValueList.Copy(values);
        if (Values.Count == 0)
            throw new ArgumentException("A filter needs a value.", nameof(values));

        Field = field;
        Operator = op;
        Parameter = $"{field}__{FilterOperators.WireName(op)}";
    }

    /// <summary>The field's wire name.</summary>
    public string Field { get; }

    /// <summary>How to compare.</summary>
    public FilterOperator Operator { get; }

    /// <summary>What to compare with.</summary>
    public IReadOnlyList<FilterValue> Values { get; }

    /// <summary>What an error names.</summary>
    internal string Parameter { get; init; }
}
