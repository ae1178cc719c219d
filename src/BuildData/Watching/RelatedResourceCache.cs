using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Watching;

/// <summary>
/// Reads and caches resources that a watch needs to decide whether a changed resource belongs to the watched path. For example, the watch reads
/// the build of a step to decide whether the step belongs to a builder. Not thread-safe.
/// </summary>
/// <remarks>
/// The watch uses only attributes that never change. Therefore cached resources stay valid. The exception is the name of a builder. If the
/// builder exists when the watch begins, the watch uses the builder's id instead of the name. If the builder does not exist yet, the watch
/// waits for a builder with this name, and then follows that builder. If later another builder gets the name, the watch does not follow the
/// other builder.
/// </remarks>
internal sealed class RelatedResourceCache(IStore store) : IRelatedResources
{
    private const int Capacity = 10_000;

    private readonly Dictionary<Query, object> _cache = [];

    public ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class =>
        _cache.TryGetValue(query, out object? resource) ? new ValueTask<T>((T)resource) : Read(query, cancellationToken);

    public ValueTask<T?> ReadNow<T>(SingleQuery<T> query, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class =>
        store.Read(static (session, args, token) => args.query.Read(session, args.spec, token), (query, spec), cancellationToken);

    private async ValueTask<T> Read<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class
    {
        // The resource was committed before the event that refers to it. So this read sees it, unless it was removed after the event.
        T resource = await store.Read(
            static (session, query, token) => query.Read(session, ValidatedSpec.None, token), query, cancellationToken).ConfigureAwait(false)
            ?? throw new RelatedResourceRemovedException($"An event refers to '{query.Path}', which has been removed.");

        // The cache is rarely full. Clearing all of it is simpler than tracking which entries are used least.
        if (_cache.Count >= Capacity)
            _cache.Clear();
        _cache[query] = resource;
        return resource;
    }
}
