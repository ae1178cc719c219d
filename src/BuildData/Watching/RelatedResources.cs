using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Watching;

/// <summary>
/// Reads and caches the resources that watches need to decide which changes belong to them: the builder of a step's build, the name
/// of a builder. They never change, so each is read once.
/// </summary>
internal sealed class RelatedResources(IStore store) : IRelatedResources
{
    private const int Capacity = 10_000;

    private readonly Dictionary<Query, object> _known = [];

    public ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class =>
        _known.TryGetValue(query, out object? resource) ? new ValueTask<T>((T)resource) : Read(query, cancellationToken);

    private async ValueTask<T> Read<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class
    {
        // An event refers to the resource, so it was committed before.
        T resource = await store.Read(
            static (session, query, token) => query.Read(session, BoundSpec.None, token), query, cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException($"An event refers to '{query.Path}', which is not in the store.");

        // Dropping everything is simpler than finding out what is used least, and rare.
        if (_known.Count >= Capacity)
            _known.Clear();
        _known[query] = resource;
        return resource;
    }
}
