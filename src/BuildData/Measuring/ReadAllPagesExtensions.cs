using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>Reads all resources that match filters, without a limit. By contrast, the queries of users have a limit.</summary>
internal static class ReadAllPagesExtensions
{
    private const int PageLength = 1_000;

    /// <summary>Reads the resources of a collection that match a filter, in the order of their ids.</summary>
    /// <param name="session">The session.</param>
    /// <param name="query">The collection.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="after">An id. The method reads only resources with greater ids.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<T>> ReadAll<T>(
        this ReadSession session, CollectionQuery<T> query, Filter filter, long after, CancellationToken cancellationToken)
        where T : class
    {
        ValidatedSpec spec = ValidatedSpec.Validate(new ResultSpec { Filters = [filter] }, query.Resource, isCollection: true);
        var all = new List<T>();
        while (true)
        {
            List<T> page = await PageReader.Read(query, session, spec, new Page(PageLength, After: [after], IsOrderedById: true), cancellationToken).ConfigureAwait(false);
            all.AddRange(page);
            if (page.Count < PageLength)
                return all;
            after = query.Resource.IdOf(page[^1]);
        }
    }

    /// <summary>Reads the resources with the given ids. Resources that do not exist are missing in the result.</summary>
    /// <param name="session">The session.</param>
    /// <param name="query">The collection of all resources of the type.</param>
    /// <param name="idField">The wire name of the id.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<T>> ReadByIds<T>(
        this ReadSession session, CollectionQuery<T> query, string idField, IEnumerable<long> ids, CancellationToken cancellationToken)
        where T : class
    {
        var found = new List<T>();
        foreach (long[] some in ids.Distinct().Chunk(PageLength))
        {
            var filter = new Filter(idField, FilterOperator.In, Array.ConvertAll(some, id => (FilterValue)id));
            found.AddRange(await session.ReadAll(query, filter, long.MinValue, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }
}
