using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents a range of resources in the order of a query.</summary>
/// <param name="AppendCondition">
/// Appends the condition that selects the range. If the argument is not null, the order begins with this column, and the condition must compare
/// it too.
/// </param>
internal sealed record PageRange(Action<SqlBuilder, PrefixColumn?> AppendCondition)
{
    /// <summary>Gets whether the first column of the order is null in all resources of the range.</summary>
    public bool IsOfNulls { get; init; }
}
