using BuildData.Definitions;

namespace BuildData.Watching;

/// <summary>Finds the resources of a watch that belong to one owner. For example, finds the steps that belong to a build.</summary>
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
    /// Returns the ids of the resources that belong to an owner, and removes these ids from this object. Some of these resources may have
    /// left the result of the watch before.
    /// </summary>
    public IReadOnlyCollection<long> Take(long ownerId) => _ids.Remove(ownerId, out SortedSet<long>? ids) ? ids : [];
}
