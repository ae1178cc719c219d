using BuildData.Definitions;

namespace BuildData.Watching;

/// <summary>Finds the parts of an owner, such as the steps of a build, among the resources of a watch.</summary>
internal sealed class PartsByOwner<T>
    where T : class
{
    private readonly TableDefinition<T> _definition;
    private readonly Dictionary<long, SortedSet<long>> _ids = [];

    public PartsByOwner(TableDefinition<T> definition, IEnumerable<T> parts)
    {
        _definition = definition;
        foreach (T part in parts)
            Add(part);
    }

    public void Add(T part)
    {
        long owner = _definition.OwnerIdOf(part);
        if (!_ids.TryGetValue(owner, out SortedSet<long>? ids))
            _ids.Add(owner, ids = []);
        ids.Add(_definition.IdOf(part));
    }

    /// <summary>
    /// Returns the ids of an owner's parts, and forgets the owner. The ids can include parts that have left the result of the watch.
    /// </summary>
    public IReadOnlyCollection<long> Take(long ownerId) => _ids.Remove(ownerId, out SortedSet<long>? ids) ? ids : [];
}
