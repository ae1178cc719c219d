using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Watching;

/// <summary>
/// Reads and caches resources that a watch needs to decide whether a changed resource belongs to the watched path. For example, the watch reads
/// the build of a step to decide whether the step belongs to a builder. Not thread-safe.
/// </summary>
/// <remarks>The watch uses only attributes that never change. Therefore cached resources stay valid.</remarks>
internal sealed class RelatedResourceCache(IStore store) : IRelatedResources
{
    private const int Capacity = 10_000;

    private readonly Dictionary<Query, object> _cache = [];

    public ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class =>
        _cache.TryGetValue(query, out object? resource) ? new ValueTask<T>((T)resource) : Read(query, cancellationToken);

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
