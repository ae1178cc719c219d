using System.Runtime.CompilerServices;
using BuildData.Api;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Resources;

namespace BuildData;

/// <summary>
/// Provides methods to query builds and to follow their changes. A path or a typed query specifies the data. <see cref="Updates"/> has
/// the methods that change the data. Thread-safe.
/// </summary>
/// <remarks>
/// A read sees only committed data, and never waits for a write. With SQLite, a read runs on the thread of the caller, because SQLite has
/// no asynchronous calls, and a switch to another thread would take longer than a short read.
/// </remarks>
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
        Logs = new LogReader(master, queries.LogChunks);
    }

    /// <summary>Gets the update methods.</summary>
    public Updates Updates { get; }

    /// <summary>Gets the methods to subscribe to events. An event announces a committed change.</summary>
    public EventHub Events { get; }

    /// <summary>Gets the methods to read the lines of logs, and to follow logs that are still being written.</summary>
    public LogReader Logs { get; }

    /// <summary>
    /// Returns a text that changes with every committed change of the data. While the text stays the same, all paths have the same results, with two
    /// exceptions. The times at which masters and workers were last seen change without notice. So do the stored bytes in the sizes of logs, because
    /// the chunks of finished logs are merged. A web program can use the text as an entity tag.
    /// </summary>
    /// <remarks>
    /// Read the version before the data. Then a change that is committed between the two reads causes at most one needless read later. A change by
    /// another master changes the version when this master has received its event. The versions of two processes always differ.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the opening of the store.</param>
    /// <returns>The version; null if the store is open read-only, because this process then does not learn of changes.</returns>
    /// <exception cref="StoreException">The store can't be opened.</exception>
    public async ValueTask<string?> GetVersion(CancellationToken cancellationToken = default)
    {
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return _master.IsReadOnly ? null : Events.Dispatcher.Version;
    }

    /// <summary>
    /// Parses a path, without reading anything. The query and its options can then be examined, and passed to
    /// <see cref="Get(Query, ResultSpec?, CancellationToken)"/> or <see cref="Stream(Query, ResultSpec?)"/>.
    /// </summary>
    /// <param name="path">An endpoint path, optionally with a query string.</param>
    /// <exception cref="InvalidPathException">The path is malformed, or no endpoint has this path.</exception>
    /// <exception cref="InvalidQueryException">
    /// The query string is malformed or too large. A parameter that the query does not support is an error only when the query runs.
    /// </exception>
    public static ParsedPath ParsePath(DataPath path)
    {
        (Query query, ResultSpec spec) = Parse(path.ToString(), null);
        return new ParsedPath(query, spec);
    }

    /// <summary>
    /// Returns the result of a path. Use this method if the type of the result is not known at compile time, such as for a path from an HTTP
    /// request.
    /// </summary>
    /// <param name="path">An endpoint path, optionally with a query string.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The resource, the collection, or a page of the collection. <see cref="DataResult.ToJson"/> returns its JSON.</returns>
    /// <exception cref="InvalidPathException">The path is malformed, or no endpoint has this path.</exception>
    /// <exception cref="InvalidQueryException">
    /// A query parameter is unknown, malformed or not supported by the query, or the result has more than
    /// <see cref="BuildDataOptions.MaxResults"/> resources.
    /// </exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<DataResult> Get(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
    {
        (Query query, ResultSpec all) = Parse(path.ToString(), spec);
        return Get(query, all, cancellationToken);
    }

    /// <summary>Returns the result of a typed query, with its wire form: the JSON with snake_case names.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">Query options.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="Get(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<DataResult> Get(Query query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await query.Execute(_queries, spec ?? ResultSpec.Empty, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the resource of a path.</summary>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a single resource.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The resource; null if it does not exist.</returns>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns another type.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not supported by the query.</exception>
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

    /// <summary>Returns the resource of a typed query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">Query options.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="Get{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<T?> Get<T>(SingleQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = RequireAllFields(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.ReadOne(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the resources of a collection. If the options set a limit or an offset, returns only that page.</summary>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a collection.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns another type.</exception>
    /// <exception cref="InvalidQueryException">
    /// A query parameter is unknown, malformed or not supported by the query, or the result has more than
    /// <see cref="BuildDataOptions.MaxResults"/> resources.
    /// </exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<ResourceList<T>> GetAll<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = ParseCollection<T>(path.ToString(), spec, nameof(GetAll));
        return GetAll(query, all, cancellationToken);
    }

    /// <summary>Returns the resources of a collection. If the options set a limit or an offset, returns only that page.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">Query options.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="GetAll{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<ResourceList<T>> GetAll<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = RequireAllFields(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.ReadAll(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the number of resources of a collection that match the filters. A limit and an offset have no effect.</summary>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a collection.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns another type.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not supported by the query.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public Task<long> Count<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = ParseCollection<T>(path.ToString(), spec, nameof(Count));
        return Count(query, all, cancellationToken);
    }

    /// <summary>Returns the number of resources of a collection that match the filters. A limit and an offset have no effect.</summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">Query options.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="Count{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public async Task<long> Count<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = RequireAllFields(spec);
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _queries.Count(query, all, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns all resources of a collection that match the filters, however many. Without an order, they come in the order of their ids.
    /// </summary>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a collection. It may have filters and an order, but no limit or offset.</param>
    /// <param name="spec">Query options. They are combined with the query string of the path.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <remarks>
    /// The resources are read in pages. Each page contains the data that is committed when that page is read. Therefore later pages can include
    /// newer changes. If the order uses an attribute that changes, such as <c>complete_at</c>, a resource that changes can be missing or be
    /// returned twice.
    /// </remarks>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns another type.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not supported by the query.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public IAsyncEnumerable<T> Stream<T>(DataPath path, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        (CollectionQuery<T> query, ResultSpec all) = ParseCollection<T>(path.ToString(), spec, nameof(Stream));
        return Stream(query, all, cancellationToken);
    }

    /// <summary>
    /// Returns all resources of a collection that match the filters, however many. Without an order, they come in the order of their ids.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="spec">Query options: filters, properties and an order, but no limit or offset.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="Stream{T}(DataPath, ResultSpec?, CancellationToken)"/>
    public IAsyncEnumerable<T> Stream<T>(CollectionQuery<T> query, ResultSpec? spec = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        return StreamAll(query, RequireNoLimit(RequireAllFields(spec)), cancellationToken);
    }

    /// <summary>
    /// Returns all resources of a collection that match the filters, however many. Without an order, they come in the order of their ids. Use this
    /// method if the type is not known at compile time, such as for a path from an HTTP request.
    /// </summary>
    /// <param name="path">The path of a collection. It may have filters and an order, and may select fields, but have no limit or offset.</param>
    /// <remarks>
    /// Nothing is read before the caller reads the stream. See <see cref="Stream{T}(DataPath, ResultSpec?, CancellationToken)"/>. If the parent of
    /// the collection does not exist, the stream is empty.
    /// </remarks>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns a single resource.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not supported by the query.</exception>
    public StreamedResult Stream(DataPath path)
    {
        (Query query, ResultSpec spec) = Parse(path.ToString(), null);
        return Stream(query, spec);
    }

    /// <summary>
    /// Returns all resources of a collection that match the filters, however many. Without an order, they come in the order of their ids. Use this
    /// method if the type is not known at compile time.
    /// </summary>
    /// <param name="query">The query of a collection.</param>
    /// <param name="spec">Query options: filters, fields, properties and an order, but no limit or offset.</param>
    /// <inheritdoc cref="Stream(DataPath)"/>
    public StreamedResult Stream(Query query, ResultSpec? spec = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        ResultSpec all = RequireNoLimit(spec ?? ResultSpec.Empty);
        _ = ValidatedSpec.Validate(all, query.Resource, query.IsCollection);
        return new StreamedResult(query, all, query.Accept(new StreamOpener(this, all)));
    }

    private static ResultSpec RequireNoLimit(ResultSpec spec)
    {
        string? unsupported = spec.Limit is not null ? "limit" : spec.Offset is not null ? "offset" : spec.After is not null ? "after" : null;
        return unsupported is null ? spec : throw new InvalidQueryException(unsupported, "a stream returns all resources. Use GetAll to page them.");
    }

    private async IAsyncEnumerable<T> StreamAll<T>(CollectionQuery<T> query, ResultSpec spec, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where T : class
    {
        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        await foreach (T resource in _queries.Stream(query, spec, cancellationToken).ConfigureAwait(false))
            yield return resource;
    }

    private sealed class StreamOpener(DataApi data, ResultSpec spec) : IQueryVisitor<IAsyncEnumerable<object>>
    {
        public IAsyncEnumerable<object> VisitCollection<T>(CollectionQuery<T> query)
            where T : class => data.StreamAll(query, spec);

        public IAsyncEnumerable<object> VisitSingle<T>(SingleQuery<T> query)
            where T : class => throw new InvalidPathException(query.Path, "the path returns one resource, not a collection.");
    }

    /// <summary>Converts a path to a typed query, and the query string of the path to query options.</summary>
    /// <param name="path">An endpoint path, optionally with a query string.</param>
    /// <param name="spec">Further query options; null if there are none. They are combined with the options of the query string.</param>
    internal static (Query Query, ResultSpec Spec) Parse(string path, ResultSpec? spec)
    {
        int mark = path.IndexOf('?', StringComparison.Ordinal);
        ReadOnlySpan<char> endpoint = mark < 0 ? path : path.AsSpan(0, mark);
        Query query = ResourceTypes.PathParser.Parse(endpoint);
        ResultSpec inPath = mark < 0 ? ResultSpec.Empty : QueryStringParser.Parse(path.AsSpan(mark + 1));
        return (query, inPath.MergeWith(spec));
    }

    private static (CollectionQuery<T> Query, ResultSpec Spec) ParseCollection<T>(string path, ResultSpec? spec, string method)
        where T : class
    {
        (Query query, ResultSpec all) = Parse(path, spec);
        return query is CollectionQuery<T> collection
            ? (collection, RequireAllFields(all))
            : throw WrongType(path, query, $"{method}<{typeof(T).Name}>");
    }

    private static ResultSpec RequireAllFields(ResultSpec? spec)
    {
        if (spec is { Fields.Count: > 0 })
            throw new InvalidQueryException("field", "typed resources always have all fields. Use the untyped Get to select fields.");
        return spec ?? ResultSpec.Empty;
    }

    private static InvalidPathException WrongType(string path, Query query, string call)
    {
        string type = query.ResultType.Name;
        return new InvalidPathException(
            path,
            query.IsCollection
                ? $"{call} was called, but the path returns a collection of {type}: use GetAll<{type}>."
                : $"{call} was called, but the path returns one {type}: use Get<{type}>.");
    }
}
