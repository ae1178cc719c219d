using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents a range of resources in the order of a query.</summary>
/// <param name="AppendCondition">
/// Appends the condition that selects the range. If the argument is not null, the order begins with the <see cref="Query.ParentColumn"/> of this
/// query, and the condition must compare this column too.
/// </param>
internal sealed record PageRange(Action<SqlBuilder, Query?> AppendCondition)
{
    /// <summary>Gets whether the first column of the order is null in all resources of the range.</summary>
    public bool IsOfNulls { get; init; }
}
