using BuildData.Paths;

namespace BuildData;

/// <summary>
/// Reads and follows the state of builds by endpoint paths, and gives the update methods. Reads see what is committed and
/// never wait for a write. With SQLite a read runs on the caller's thread: the driver has no asynchronous calls, and a
/// short read is soonest done so.
/// </summary>
public sealed partial class DataApi
{
    private readonly Master _master;
    private readonly QueryExecutor _queries;
    private readonly TimeProvider _clock;

    internal DataApi(Master master, QueryExecutor queries, Updates updates, TimeProvider clock)
    {
        _master = master;
        _queries = queries;
        _clock = clock;
        Updates = updates;
        Events = master.Events;
    }

    /// <summary>The update methods: all that changes state.</summary>
    public Updates Updates { get; }

    /// <summary>What changes, as it changes.</summary>
    public EventHub Events { get; }

    /// <summary>What a path gives, where the path is data.</summary>
    /// <param name="path">An endpoint path, perhaps with a query string.</param>
    /// <param name="spec">What else the query is to say.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">No endpoint has such a path, or it is malformed.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not possible here, or the answer would be too large.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<DataResult> Get(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
    {
        (Query query, ResultSpec all) = Parse(path.ToString(), spec);
        return Get(query, all, cancellationToken);
    }

    /// <summary>What a typed query gives, with its wire form.</summary>
    /// <inheritdoc cref="Get(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<DataResult> Get(Query query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await query.Execute(_queries, spec ?? ResultSpec.Empty, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One resource, or null if it does not exist.</summary>
    /// <typeparam name="T">The resource type that the path gives.</typeparam>
    /// <param name="path">The path of a single resource.</param>
    /// <param name="spec">What else the query is to say.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">No endpoint has such a path, it is malformed, or it gives something else.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not possible here.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<T?> Get<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        string text = path.ToString();
        (Query query, ResultSpec all) = Parse(text, spec);
        return query is SingleQuery<T> single
            ? Get(single, all, cancellationToken)
            : throw WrongType(text, query, $"Get<{typeof(T).Name}>");
    }

    /// <summary>One resource, or null if it does not exist.</summary>
    /// <inheritdoc cref="Get{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<T?> Get<T>(SingleQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = WithAllRows(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.One(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The resources of a collection: those of the page that is asked for, or all, up to <see cref="BuildDataOptions.MaxRows"/>.
    /// </summary>
    /// <typeparam name="T">The resource type that the path gives.</typeparam>
    /// <param name="path">The path of a collection.</param>
    /// <param name="spec">What else the query is to say.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">No endpoint has such a path, it is malformed, or it gives something else.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not possible here, or the answer would be too large.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<ResourceList<T>> GetAll<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = Collection<T>(path.ToString(), spec, nameof(GetAll));
        return GetAll(query, all, cancellationToken);
    }

    /// <summary>The resources of a collection.</summary>
    /// <inheritdoc cref="GetAll{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<ResourceList<T>> GetAll<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = WithAllRows(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.All(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many resources of a collection match; limit and offset do not count.</summary>
    /// <inheritdoc cref="GetAll{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public Task<long> Count<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = Collection<T>(path.ToString(), spec, nameof(Count));
        return Count(query, all, cancellationToken);
    }

    /// <summary>How many resources of a collection match; limit and offset do not count.</summary>
    /// <inheritdoc cref="GetAll{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<long> Count<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = WithAllRows(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.Count(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// All resources of a collection, however many, by id. They are read in pages, each of which sees what is committed then.
    /// </summary>
    /// <typeparam name="T">The resource type that the path gives.</typeparam>
    /// <param name="path">The path of a collection; its filters hold, but it can't be ordered or paged.</param>
    /// <param name="spec">What else the query is to say.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">No endpoint has such a path, it is malformed, or it gives something else.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not possible here.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public IAsyncEnumerable<T> Stream<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = Collection<T>(path.ToString(), spec, nameof(Stream));
        return Stream(query, all, cancellationToken);
    }

    /// <summary>All resources of a collection, however many, by id.</summary>
    /// <inheritdoc cref="Stream{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public IAsyncEnumerable<T> Stream<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = WithAllRows(spec);
        string? wrong = all.Order.Count > 0 ? "order" : all.Limit is not null ? "limit" : all.Offset is not null ? "offset" : null;
        if (wrong is not null)
            throw new InvalidQueryException(wrong, "a stream gives all resources by id.");
        return Run(query, all, cancellationToken);

        async IAsyncEnumerable<T> Run(
            CollectionQuery<T> query,
            ResultSpec all,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
            await foreach (T resource in _queries.Stream(query, all, cancellationToken).ConfigureAwait(false))
                yield return resource;
        }
    }

    internal static (Query Query, ResultSpec Spec) Parse(string path, ResultSpec? spec)
    {
        int mark = path.IndexOf('?', StringComparison.Ordinal);
        ReadOnlySpan<char> endpoint = mark < 0 ? path : path.AsSpan(0, mark);
        Query query = Catalog.Endpoints.Parse(endpoint);
        ResultSpec inPath = mark < 0 ? ResultSpec.Empty : QueryString.Parse(path.AsSpan(mark + 1));
        return (query, inPath.And(spec));
    }

    private static (CollectionQuery<T> Query, ResultSpec Spec) Collection<T>(string path, ResultSpec? spec, string method)
        where T : class
    {
        (Query query, ResultSpec all) = Parse(path, spec);
        return query is CollectionQuery<T> collection
            ? (collection, WithAllRows(all))
            : throw WrongType(path, query, $"{method}<{typeof(T).Name}>");
    }

    private static ResultSpec WithAllRows(ResultSpec? spec)
    {
        if (spec is { Fields.Count: > 0 })
            throw new InvalidQueryException("field", "a typed resource is always whole; to select fields, use the untyped Get.");
        return spec ?? ResultSpec.Empty;
    }

    private static InvalidPathException WrongType(string path, Query query, string asked)
    {
        string type = query.ResultType.Name;
        return new InvalidPathException(
            path,
            query.IsCollection
                ? $"{asked} was called, but it gives a collection of {type}: use GetAll<{type}>."
                : $"{asked} was called, but it gives one {type}: use Get<{type}>.");
    }
}
