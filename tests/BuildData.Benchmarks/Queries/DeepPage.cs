using BuildData.Queries;

namespace BuildData.Benchmarks;

/// <summary>Finds a page deep in a collection.</summary>
internal static class DeepPage
{
    private const long Depth = 1_000_000;

    /// <summary>
    /// Returns options that continue after the first 1,000,000 resources, or after the first half of a collection that has not so many. An
    /// offset finds the place once. The returned options have no offset.
    /// </summary>
    public static async Task<ResultSpec> After<T>(DataApi data, string path, Order order, Func<T, FilterValue> valueOf)
        where T : class
    {
        long count = await data.Count<T>(path);
        long depth = count > Depth ? Depth : Math.Max(count / 2, 1);
        ResourceList<T> page = await data.GetAll<T>(path, new ResultSpec { Order = [order], Offset = depth - 1, Limit = 1 });

        // A filter on the field that orders the resources is what a token of the page stands for.
        return new ResultSpec
        {
            Order = [order],
            Filters = [new Filter(order.Field, order.Descending ? FilterOperator.LessThan : FilterOperator.GreaterThan, valueOf(page[0]))],
        };
    }
}
