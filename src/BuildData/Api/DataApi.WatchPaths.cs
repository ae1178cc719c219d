using BuildData.Api;
using BuildData.Events;
using BuildData.Queries;
using BuildData.Resources;
using BuildData.Stores;
using BuildData.Values;
using BuildData.Watching;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>
    /// Watches the results of several paths, whose types need not be known at compile time. The watch begins with the results that the paths have at
    /// one moment. Then it returns each later change exactly once, in commit order across all paths.
    /// </summary>
    /// <remarks>
    /// Each path has the same rules as the path of <see cref="Watch{T}(DataPath, ResultSpec?, CancellationToken)"/>, and can also select fields. A
    /// path may be given twice. The paths are used without changes, so names in them must already be percent-encoded.
    /// </remarks>
    /// <param name="paths">From 1 to 64 paths of single resources or collections. They may have filters, but no limit or offset.</param>
    /// <param name="cancellationToken">Cancels the start of the watch. The token has no effect after the method has returned.</param>
    /// <returns>The watch. Dispose it to end it.</returns>
    /// <exception cref="ArgumentException">There are no paths, or too many, or one of them is null.</exception>
    /// <exception cref="InvalidPathException">A path is malformed, no endpoint has this path, or its result can't be watched.</exception>
    /// <exception cref="InvalidQueryException">
    /// A query parameter is unknown or malformed, or a watch does not support it, such as <c>limit</c> and <c>include</c>. Or the paths together select
    /// more than 1,024 properties. Or a result has more than <see cref="BuildDataOptions.MaxResults"/> resources.
    /// </exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// The method was called inside the function of a transaction, and would have to wait for the end of that transaction. This happens with
    /// SQLite if a path selects properties and <see cref="BuildDataOptions.KeepEvents"/> was not called.
    /// </exception>
    public async Task<CombinedWatch> Watch(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count is 0 or > QueryLimits.WatchedPaths)
            throw new ArgumentException($"A watch needs from 1 to {QueryLimits.WatchedPaths} paths.", nameof(paths));
        if (paths.Contains(null!))
            throw new ArgumentException("A path is null.", nameof(paths));

        // All paths are checked before anything is read.
        (Query Query, ValidatedSpec Spec)[] parsed = [.. paths.Select(ParseForWatch)];
        var properties = PropertySelection.Union([.. parsed.Select(path => path.Spec.Properties)]);
        QueryLimits.Check(properties.Names.Count, QueryLimits.Properties, "property", "properties");

        var watched = new WatchedPath[parsed.Length];
        var related = new RelatedResourceCache(_master.Store);
        for (int i = 0; i < parsed.Length; i++)
            watched[i] = (await Resolve(parsed[i].Query, cancellationToken).ConfigureAwait(false)).Accept(new WatchedPathFactory(parsed[i].Spec, related, _queries.MaxResults));

        // As in the watch of one path: subscribe first, and wait for the updates that do not read the properties.
        Subscription subscription = Events.SubscribeFromNow(SubscriptionFilter.Combine(ResourceTypes.Catalog, [.. watched.Select(path => path.Filter)]));
        try
        {
            if (!properties.IsEmpty && !Events.Dispatcher.AllBatchesReadBuildProperties)
                await Updates.Barrier(cancellationToken).ConfigureAwait(false);

            (IReadOnlyList<DataResult> results, SnapshotPosition position) = await _master.Store.ReadAt(ReadInitial, watched, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < watched.Length; i++)
                watched[i].SetInitial(results[i]);
            return new CombinedWatch(subscription, watched, results, position);
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static (Query Query, ValidatedSpec Spec) ParseForWatch(string path)
    {
        (Query query, ResultSpec spec) = Parse(path, null);
        return query.WatchRefusal is { } refusal
            ? throw new InvalidPathException(query.Path, refusal)
            : (query, ValidatedSpec.Validate(RequireNoPage(RequireNothingIncluded(spec)), query.Resource, query.IsCollection));
    }

    private static async ValueTask<IReadOnlyList<DataResult>> ReadInitial(ReadSession session, WatchedPath[] paths, CancellationToken cancellationToken)
    {
        var results = new DataResult[paths.Length];
        for (int i = 0; i < paths.Length; i++)
            results[i] = await paths[i].ReadInitial(session, cancellationToken).ConfigureAwait(false);
        return results;
    }

    private sealed class WatchedPathFactory(ValidatedSpec validated, IRelatedResources related, int maxResults) : IQueryVisitor<WatchedPath>
    {
        public WatchedPath VisitCollection<T>(CollectionQuery<T> query)
            where T : class =>
            new WatchedPath<T>(query, Filter(query), validated.Spec, LiveResultFactory.Create(query, validated, related), async (session, token) =>
            {
                ResourceList<T> list = await QueryExecutor.All(session, query, validated, maxResults, token).ConfigureAwait(false);
                return (list.ParentExists == false ? null : list, list.Total);
            });

        public WatchedPath VisitSingle<T>(SingleQuery<T> query)
            where T : class =>
            new WatchedPath<T>(query, Filter(query), validated.Spec, LiveResultFactory.Create(query, validated, related), async (session, token) =>
                (await query.Read(session, validated, token).ConfigureAwait(false) is { } one ? [one] : null, null));

        private SubscriptionFilter Filter(Query query) =>
            SubscriptionFilter.ForWatch(ResourceTypes.Catalog, Patterns(query, validated), validated.Properties, query.Resource.Owner);
    }
}
