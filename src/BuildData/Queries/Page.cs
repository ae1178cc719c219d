using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Specifies which part of a query's result to read.</summary>
/// <param name="Limit">The largest number of resources to read.</param>
/// <param name="Offset">The number of resources to skip.</param>
/// <param name="After">The values of the order terms in the last resource before the page; null for the first page.</param>
/// <param name="IsOrderedById">Whether the ids order the resources if the query options have no order. Otherwise the query's default order is used.</param>
internal readonly record struct Page(long Limit, long Offset = 0, IReadOnlyList<SqlValue>? After = null, bool IsOrderedById = false);
