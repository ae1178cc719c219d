using System.Runtime.CompilerServices;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Queries;
using BuildData.Resources;
using BuildData.Resources.Logs;
using BuildData.Stores;

namespace BuildData.Api;

/// <summary>Runs typed queries on a store.</summary>
internal sealed class QueryExecutor(IStore store, int maxResults, Telemetry telemetry) : IQueryExecutor
{
    private const int StreamPageLength = 1000;

    // Each resource of a stream can have many related resources, so fewer resources are in memory at the same time.
    private const int StreamPageLengthWithIncluded = 100;

    /// <summary>Gets the maximum number of resources that one query returns.</summary>
    public int MaxResults => maxResults;

    /// <summary>Gets the store of the lines of logs that are outside the database; null if there is none.</summary>
    public ILogChunkStore? LogChunks { get; init; }

    public ValueTask<T?> ReadOne<T>(SingleQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ValidatedSpec validated = ValidatedSpec.Validate(spec, query.Resource, isCollection: false);
        return Read(
            query,
            static (session, state, token) => state.validated.Includes.Count > 0 ? OneWithIncluded(session, state.query, state.validated, state.maxResults, token)
                : state.query is ILogTextQuery<T> ofLog ? OneOfLog(session, ofLog, state.validated, state.LogChunks, token)
                : state.query.Read(session, state.validated, token),
            (query, validated, maxResults, LogChunks),
            cancellationToken);
    }

    public ValueTask<ResourceList<T>> ReadAll<T>(CollectionQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ValidatedSpec validated = ValidatedSpec.Validate(spec, query.Resource, isCollection: true);
        return Read(
            query,
            static (session, state, token) => All(session, state.query, state.validated, state.maxResults, token),
            (query, validated, maxResults),
            cancellationToken);
    }

    public ValueTask<long> Count<T>(CollectionQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ValidatedSpec validated = ValidatedSpec.Validate(spec, query.Resource, isCollection: true);
        return Read(
            query,
            static (session, state, token) => SelectStatementRunner.Count(state.query, session, state.validated, token),
            (query, validated),
            cancellationToken);
    }

    public async IAsyncEnumerable<T> Stream<T>(
        CollectionQuery<T> query, ResultSpec spec, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        ValidatedSpec validated = ValidatedSpec.Validate(spec, query.Resource, isCollection: true);
        IReadOnlyList<OrderTerm> order = PageReader.Order(query, validated, isOrderedById: true);
        int pageLength = validated.Includes.Count == 0 ? StreamPageLength : StreamPageLengthWithIncluded;
        var next = new Page(pageLength, IsOrderedById: true);
        while (true)
        {
            List<T> page = await Read(
                query,
                static (session, state, token) => StreamPage(session, state.query, state.validated, state.next, token),
                (query, validated, next),
                cancellationToken).ConfigureAwait(false);

            foreach (T resource in page)
                yield return resource;
            if (page.Count < pageLength)
                yield break;
            next = next with { After = PositionOf(page[^1], order) };
        }
    }

    /// <summary>
    /// Reads the initial result of a watch. All data comes from one snapshot: a committed state of the database. The result of a single
    /// resource is a list with one element, or an empty list if the resource does not exist.
    /// </summary>
    /// <returns>The result, and the position of the snapshot. The position shows which changes the result already includes.</returns>
    public ValueTask<(IReadOnlyList<T> Result, SnapshotPosition Position)> ReadSnapshot<T>(CollectionQuery<T> query, ValidatedSpec validated, CancellationToken cancellationToken)
        where T : class =>
        store.ReadAt(
            static async (session, state, token) =>
                (IReadOnlyList<T>)await All(session, state.query, state.validated, state.maxResults, token).ConfigureAwait(false),
            (query, validated, maxResults),
            cancellationToken);

    /// <inheritdoc cref="ReadSnapshot{T}(CollectionQuery{T}, ValidatedSpec, CancellationToken)"/>
    public ValueTask<(IReadOnlyList<T> Result, SnapshotPosition Position)> ReadSnapshot<T>(SingleQuery<T> query, ValidatedSpec validated, CancellationToken cancellationToken)
        where T : class =>
        store.ReadAt(
            static async (session, state, token) =>
                (IReadOnlyList<T>)(await state.query.Read(session, state.validated, token).ConfigureAwait(false) is { } one ? [one] : []),
            (query, validated),
            cancellationToken);

    private ValueTask<TResult> Read<TState, TResult>(
        Query query, Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        telemetry.MeasuresQueries ? ReadTraced(query, read, state, cancellationToken) : store.Read(read, state, cancellationToken);

    // A separate method, because Read would allocate the closure even if nothing is traced.
    private ValueTask<TResult> ReadTraced<TState, TResult>(
        Query query, Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        telemetry.RunQuery(ResourceTypes.PathParser.FindPattern(query), query, () => store.Read(read, state, cancellationToken));

    private static async ValueTask<T?> OneOfLog<T>(
        ReadSession session, ILogTextQuery<T> query, ValidatedSpec validated, ILogChunkStore? logChunks, CancellationToken cancellationToken)
        where T : class
    {
        // The log and its lines are read in one snapshot. Otherwise the lines could be removed meanwhile, and the result would be too short.
        await session.BeginSnapshot(cancellationToken).ConfigureAwait(false);
        try
        {
            return await query.Read(session, validated, logChunks, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await session.EndSnapshot().ConfigureAwait(false);
        }
    }

    private static async ValueTask<T?> OneWithIncluded<T>(
        ReadSession session, SingleQuery<T> query, ValidatedSpec validated, int maxResults, CancellationToken cancellationToken)
        where T : class
    {
        // Read the resource and the related data in one snapshot, so that they agree.
        await session.BeginSnapshot(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await query.Read(session, validated, cancellationToken).ConfigureAwait(false) is not { } resource)
                return null;
            List<T> one = await IncludeReader.AddIncluded([resource], validated.Includes, session, maxResults, cancellationToken).ConfigureAwait(false);
            return one[0];
        }
        finally
        {
            await session.EndSnapshot().ConfigureAwait(false);
        }
    }

    private static async ValueTask<List<T>> StreamPage<T>(
        ReadSession session, CollectionQuery<T> query, ValidatedSpec validated, Page page, CancellationToken cancellationToken)
        where T : class
    {
        if (validated.Includes.Count == 0)
            return await PageReader.Read(query, session, validated, page, cancellationToken).ConfigureAwait(false);

        await session.BeginSnapshot(cancellationToken).ConfigureAwait(false);
        try
        {
            List<T> resources = await PageReader.Read(query, session, validated, page, cancellationToken).ConfigureAwait(false);
            return await IncludeReader.AddIncluded(resources, validated.Includes, session, maxResults: int.MaxValue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await session.EndSnapshot().ConfigureAwait(false);
        }
    }

    /// <summary>Reads the resources that a query selects, in a session that the caller has.</summary>
    public static async ValueTask<ResourceList<T>> All<T>(
        ReadSession session, CollectionQuery<T> query, ValidatedSpec validated, int maxResults, CancellationToken cancellationToken)
        where T : class
    {
        ResultSpec spec = validated.Spec;
        bool mayCount = spec.IncludeTotal && (spec.Limit is not null || spec.Offset > 0 || spec.After is not null);
        if (!mayCount && validated.Includes.Count == 0)
            return await PageWithParentCheck(session, query, validated, maxResults, cancellationToken).ConfigureAwait(false);

        // Read the page, the related data and the count in one snapshot, so that they agree.
        await session.BeginSnapshot(cancellationToken).ConfigureAwait(false);
        try
        {
            ResourceList<T> list = await PageWithParentCheck(session, query, validated, maxResults, cancellationToken).ConfigureAwait(false);
            return !mayCount || list.Total is not null || list.ParentExists == false
                ? list
                : new ResourceList<T>(list, await SelectStatementRunner.Count(query, session, validated, cancellationToken).ConfigureAwait(false), spec, list.ParentExists, list.Next);
        }
        finally
        {
            await session.EndSnapshot().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Reads a page of a collection. If the page is empty, also checks whether the parent of the collection exists. For example, a build is
    /// the parent of its steps.
    /// </summary>
    private static async ValueTask<ResourceList<T>> PageWithParentCheck<T>(
        ReadSession session, CollectionQuery<T> query, ValidatedSpec validated, int maxResults, CancellationToken cancellationToken)
        where T : class
    {
        if (query.Parent is not { } parent)
            return await Page(session, query, validated, maxResults, parentExists: null, cancellationToken).ConfigureAwait(false);

        // A page with resources shows that their parent exists.
        ResourceList<T> list = await Page(session, query, validated, maxResults, parentExists: true, cancellationToken).ConfigureAwait(false);
        return list.Count > 0 || await parent.Exists(session, cancellationToken).ConfigureAwait(false)
            ? list
            : new ResourceList<T>([], null, validated.Spec, parentExists: false);
    }

    private static async ValueTask<ResourceList<T>> Page<T>(
        ReadSession session, CollectionQuery<T> query, ValidatedSpec validated, int maxResults, bool? parentExists, CancellationToken cancellationToken)
        where T : class
    {
        ResultSpec spec = validated.Spec;
        IReadOnlyList<SqlValue>? after = spec.After is { } token ? PageToken.Parse(token, spec.DescribeForPaging(query.Path), Order()) : null;
        long offset = spec.Offset ?? 0;

        // One resource more than the page shows whether there is a next page.
        long limit = spec.Limit is 0 ? 0 : Math.Min(spec.Limit ?? long.MaxValue, maxResults) + 1L;
        List<T> page = await PageReader.Read(query, session, validated, new Page(limit, offset, after), cancellationToken).ConfigureAwait(false);
        bool isLast = page.Count < limit;
        if (!isLast && !(spec.Limit <= maxResults))
        {
            throw new InvalidQueryException(
                "limit", $"the result has more than {maxResults} resources, the most that one query returns. Set a limit, use Stream, or increase {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.MaxResults)}.");
        }

        if (!isLast && limit > 0)
            page.RemoveAt(page.Count - 1);
        long? total = isLast && after is null && (page.Count > 0 || offset == 0) ? offset + page.Count : null;
        string? next = !isLast && page.Count > 0 ? PageToken.Create(PositionOf(page[^1], Order()), spec.DescribeForPaging(query.Path)) : null;
        page = await IncludeReader.AddIncluded(page, validated.Includes, session, maxResults, cancellationToken).ConfigureAwait(false);
        return new ResourceList<T>(page, total, spec, parentExists, next);

        // Most queries return the whole result, and need no position.
        IReadOnlyList<OrderTerm> Order() => PageReader.Order(query, validated, isOrderedById: false);
    }

    private static SqlValue[] PositionOf<T>(T resource, IReadOnlyList<OrderTerm> order)
        where T : class =>
        [.. order.Select(term => ((Field<T>)term.Field).ValueOf(resource))];
}
