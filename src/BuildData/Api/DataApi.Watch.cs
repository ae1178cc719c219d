using BuildData.Events;
using BuildData.Queries;
using BuildData.Resources;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>
    /// Watches the result of a path. The watch begins with the result that <c>Get</c> or <c>GetAll</c> would return now. Then
    /// the watch returns each later change of that result exactly once, in commit order.
    /// </summary>
    /// <remarks>
    /// The filters of the path also apply to changes. If a resource begins to match the filters, its change has the kind
    /// <see cref="WatchChangeKind.Added"/>. If a resource no longer matches, its change has the kind
    /// <see cref="WatchChangeKind.Removed"/>. An order applies only to <see cref="Watch{T}.InitialResult"/>. A watch
    /// also receives all changes of builders, workers, source stamps and masters. A subscription does not receive all of those.
    /// </remarks>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a single resource or a collection. It may have filters, but no limit or offset.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the start of the watch. The token has no effect after the method has returned.</param>
    /// <returns>The watch. Dispose it to end it.</returns>
    /// <exception cref="InvalidPathException">
    /// The path is malformed, no endpoint has this path, or the path returns another type. Or the result can't be watched, because it is
    /// computed anew by each query: the newest builds and the statistics.
    /// </exception>
    /// <exception cref="InvalidQueryException">
    /// A query parameter is unknown or malformed, or a watch does not support it, such as <c>limit</c> and <c>include</c>. Or the result has
    /// more than <see cref="BuildDataOptions.MaxResults"/> resources.
    /// </exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// The method was called inside the function of a transaction, and would have to wait for the end of that transaction. This happens with
    /// SQLite if the path selects properties and <see cref="BuildDataOptions.KeepEvents"/> was not called.
    /// </exception>
    public Task<Watch<T>> Watch<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        string text = path.ToString();
        (Query query, ResultSpec all) = Parse(text, spec);
        return query switch
        {
            CollectionQuery<T> collection => Watch(collection, all, cancellationToken),
            SingleQuery<T> single => Watch(single, all, cancellationToken),
            _ => throw new InvalidPathException(
                text, $"Watch<{typeof(T).Name}> was called, but the path returns {query.ResultType.Name}: use Watch<{query.ResultType.Name}>."),
        };
    }

    /// <summary>Watches the result of a typed query.</summary>
    /// <inheritdoc cref="Watch{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<Watch<T>> Watch<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.WatchRefusal is { } refusal)
            throw new InvalidPathException(query.Path, refusal);

        ResultSpec all = RequireNoPage(RequireNothingIncluded(RequireAllFields(spec)));
        ValidatedSpec validated = ValidatedSpec.Validate(all, query.Resource, isCollection: true);
        var resolved = (CollectionQuery<T>)await Resolve(query, cancellationToken).ConfigureAwait(false);
        return await Watch(
            resolved, validated, LiveResultFactory.Create(resolved, validated, new RelatedResourceCache(_master.Store)), token => _queries.ReadSnapshot(resolved, validated, token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Watches the result of a typed query.</summary>
    /// <inheritdoc cref="Watch{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<Watch<T>> Watch<T>(SingleQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.WatchRefusal is { } refusal)
            throw new InvalidPathException(query.Path, refusal);

        ValidatedSpec validated = ValidatedSpec.Validate(RequireNothingIncluded(RequireAllFields(spec)), query.Resource, isCollection: false);
        var resolved = (SingleQuery<T>)await Resolve(query, cancellationToken).ConfigureAwait(false);
        return await Watch(
            resolved, validated, LiveResultFactory.Create(resolved, validated, new RelatedResourceCache(_master.Store)), token => _queries.ReadSnapshot(resolved, validated, token), cancellationToken)
            .ConfigureAwait(false);
    }

    private static ResultSpec RequireNothingIncluded(ResultSpec spec) =>
        spec.Include.Count == 0
            ? spec
            : throw new InvalidQueryException("include", "a watch returns the changes of the resources themselves, without related data. Properties can be watched with 'property=*'.");

    private static ResultSpec RequireNoPage(ResultSpec spec)
    {
        string? unsupported = spec.Limit is not null ? "limit" : spec.Offset is not null ? "offset" : spec.After is not null ? "after" : null;
        return unsupported is null
            ? spec
            : throw new InvalidQueryException(unsupported, "a page can't be watched, because its content depends on resources outside the page.");
    }

    private async ValueTask<Query> Resolve(Query query, CancellationToken cancellationToken)
    {
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _master.Store.Read(
            static (session, query, token) => query.Resolve(session, token), query, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Watch<T>> Watch<T>(
        Query query,
        ValidatedSpec validated,
        LiveResult<T> result,
        Func<CancellationToken, ValueTask<(IReadOnlyList<T> Result, SnapshotPosition Position)>> readSnapshot,
        CancellationToken cancellationToken)
        where T : class
    {
        // Subscribe before reading the snapshot, so that no change is missed. The watch skips changes that the snapshot includes.
        Subscription subscription = Events.SubscribeFromNow(SubscriptionFilter.ForWatch(ResourceTypes.Catalog, Patterns(query, validated), validated.Properties, query.Resource.Owner));
        try
        {
            // Updates that are already running may not read the properties that this watch selects. Then the subscription does not receive
            // the events of these updates. So wait until these updates have ended. The snapshot then includes their changes.
            if (!validated.Properties.IsEmpty && !Events.Dispatcher.AllBatchesReadBuildProperties)
                await Updates.Barrier(cancellationToken).ConfigureAwait(false);

            (IReadOnlyList<T> initialResult, SnapshotPosition position) = await readSnapshot(cancellationToken).ConfigureAwait(false);
            result.SetInitial(initialResult);
            return new Watch<T>(subscription, result, initialResult, position);
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static IReadOnlyCollection<string> Patterns(Query query, ValidatedSpec validated) =>
        !validated.Properties.IsEmpty ? [.. query.EventPatterns, .. query.OwnerEventPatterns, .. query.Resource.PropertyEventPatterns]
        : query.OwnerEventPatterns.Count > 0 ? [.. query.EventPatterns, .. query.OwnerEventPatterns]
        : query.EventPatterns;
}
