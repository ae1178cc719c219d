using BuildData.Events;
using BuildData.Queries;
using BuildData.Resources;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>
    /// Follows the answer of a path: what <c>Get</c> gives now, and then every change of it, once each, with no gap and no repeat
    /// between the two, whatever is written meanwhile.
    /// </summary>
    /// <remarks>
    /// Filters of the path hold for changes too: a resource that begins to match is <see cref="WatchChangeKind.Added"/>, one that
    /// ceases to is <see cref="WatchChangeKind.Removed"/>. An order is that of the first answer alone. Builders, workers, source stamps
    /// and masters can be watched as well, though not all that happens to them is an event.
    /// </remarks>
    /// <typeparam name="T">The resource type that the path gives.</typeparam>
    /// <param name="path">An endpoint path, single or collection, perhaps with filters.</param>
    /// <param name="spec">What else the query is to say.</param>
    /// <param name="cancellationToken">Cancels the reading of the first answer.</param>
    /// <exception cref="InvalidPathException">No endpoint has such a path, it is malformed, or it gives something else.</exception>
    /// <exception cref="InvalidQueryException">
    /// A query parameter is unknown, malformed or not possible here, as <c>limit</c> and <c>offset</c> are, or the first answer
    /// would be larger than <see cref="BuildDataOptions.MaxRows"/>.
    /// </exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// It is called inside of a transaction and has to wait for its end: with SQLite, where properties are asked for and events are
    /// not kept.
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
                text, $"Watch<{typeof(T).Name}> was called, but it gives {query.ResultType.Name}: use Watch<{query.ResultType.Name}>."),
        };
    }

    /// <summary>Follows the answer of a typed query.</summary>
    /// <inheritdoc cref="Watch{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<Watch<T>> Watch<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = WithAllRows(spec);
        string? wrong = all.Limit is not null ? "limit" : all.Offset is not null ? "offset" : null;
        if (wrong is not null)
            throw new InvalidQueryException(wrong, "a page can't be watched, for which resources it has depends on all the others.");

        BoundSpec bound = BoundSpec.Bind(all, query.Resource, isCollection: true);
        var resolved = (CollectionQuery<T>)await Resolve(query, cancellationToken).ConfigureAwait(false);
        return await Watch(
            resolved, bound, LiveResults.Of(resolved, bound, new RelatedResources(_master.Store)), token => _queries.Snapshot(resolved, bound, token), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Follows the answer of a typed query.</summary>
    /// <inheritdoc cref="Watch{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<Watch<T>> Watch<T>(SingleQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        BoundSpec bound = BoundSpec.Bind(WithAllRows(spec), query.Resource, isCollection: false);
        var resolved = (SingleQuery<T>)await Resolve(query, cancellationToken).ConfigureAwait(false);
        return await Watch(
            resolved, bound, LiveResults.Of(resolved, bound, new RelatedResources(_master.Store)), token => _queries.Snapshot(resolved, bound, token), cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<Query> Resolve(Query query, CancellationToken cancellationToken)
    {
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _master.Store.Read(
            static (session, query, token) => query.Resolve(session, token), query, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Watch<T>> Watch<T>(
        Query query,
        BoundSpec bound,
        LiveResult<T> answer,
        Func<CancellationToken, ValueTask<(IReadOnlyList<T> Answer, SnapshotPosition Position)>> snapshot,
        CancellationToken cancellationToken)
        where T : class
    {
        // First the events, then the snapshot: what is in both is told by its sequence number.
        Subscription subscription = Events.Begin(SubscriptionFilter.Watch(Catalog.Resources, Patterns(query, bound), bound.Properties));
        try
        {
            // An update under way has read no properties for this subscription. After this one, none of those is left.
            if (bound.Spec.WantsProperties && !Events.AlwaysBringsProperties)
                await Updates.Barrier(cancellationToken).ConfigureAwait(false);

            (IReadOnlyList<T> first, SnapshotPosition position) = await snapshot(cancellationToken).ConfigureAwait(false);
            answer.Begin(first);
            return new Watch<T>(subscription, answer, first, position);
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static IReadOnlyCollection<string> Patterns(Query query, BoundSpec bound) =>
        bound.Spec.WantsProperties ? [.. query.EventPatterns, .. query.Resource.PropertyEventPatterns] : query.EventPatterns;
}
