using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Reads the related data that a query includes, after the resources of the page were read. Each kind of data costs one statement, however
/// many resources the page contains. All statements are sent in one round trip.
/// </summary>
internal static class IncludeReader
{
    /// <summary>Returns the resources of a page together with the included data.</summary>
    /// <param name="page">The resources.</param>
    /// <param name="includes">The data to include.</param>
    /// <param name="session">The session. It must have a snapshot, so that the data belongs to the state of the resources.</param>
    /// <param name="maxResults">The largest number of related resources of all statements together.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidQueryException">There are more related resources than <paramref name="maxResults"/>.</exception>
    public static async ValueTask<List<T>> AddIncluded<T>(
        List<T> page, IReadOnlyList<Include> includes, ReadSession session, int maxResults, CancellationToken cancellationToken)
        where T : class
    {
        if (page.Count == 0 || includes.Count == 0)
            return page;

        // One resource more than the limit shows that the limit is exceeded.
        IncludeStatement<T>[] statements = [.. includes.Select(include => ((Include<T>)include).CreateStatement(page, session.Dialect, maxResults + 1L))];
        await session.QueryAll([.. statements.Select(statement => (statement.Sql, statement.Sink))], cancellationToken).ConfigureAwait(false);

        long count = 0;
        foreach (IncludeStatement<T> statement in statements)
            count += statement.Complete();
        if (count > maxResults)
        {
            throw new InvalidQueryException(
                "include",
                $"the result includes more than {maxResults} related resources, the most that one query returns. Set a lower limit, or increase {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.MaxResults)}.");
        }

        return page.ConvertAll(resource => statements.Aggregate(resource, static (whole, statement) => statement.AddTo(whole)));
    }
}
