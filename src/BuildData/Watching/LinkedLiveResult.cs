using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Holds the resources that are linked to one resource, the owner, and applies events to this result. For example, the owner is a worker,
/// and the result contains the builders for which the worker is configured.
/// </summary>
/// <remarks>
/// An event of the owner shows which resources are linked now. If another resource has become linked, this class reads that resource from
/// the store. The store may already contain later changes of that resource. Then the events of these changes, which arrive later, add
/// nothing new.
/// </remarks>
/// <typeparam name="T">The type of the linked resources.</typeparam>
/// <param name="definition">The definition of the linked resources.</param>
/// <param name="validated">The filters and the selected properties of the path.</param>
/// <param name="findLinkedIds">
/// If an event is about the owner, returns the ids of the resources that are linked to the owner of the event. Otherwise returns null.
/// </param>
/// <param name="readLinkedIds">Reads the ids of the linked resources from the store.</param>
/// <param name="read">Reads a linked resource from the store. Returns null if it does not exist.</param>
internal sealed class LinkedLiveResult<T>(
    TableDefinition<T> definition,
    ValidatedSpec validated,
    Func<DataEvent, CancellationToken, ValueTask<HashSet<long>?>> findLinkedIds,
    Func<CancellationToken, ValueTask<HashSet<long>>> readLinkedIds,
    Func<long, CancellationToken, ValueTask<T?>> read) : LiveResult<T>
    where T : class
{
    private readonly Dictionary<long, T> _members = [];

    // Null until they are needed. Resources that do not match the filters are linked, but not members.
    private HashSet<long>? _linkedIds;

    public override IReadOnlyCollection<T> Current => _members.Values;

    public override void SetInitial(IReadOnlyList<T> initialResult)
    {
        foreach (T member in initialResult)
            _members[definition.IdOf(member)] = member;
    }

    public override async ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        if (await findLinkedIds(e, cancellationToken).ConfigureAwait(false) is { } ids)
        {
            // The owner of the event still has its links, but nothing is linked to a removed owner.
            _linkedIds = e.Name == ResourceDefinition.RemovedEventName ? [] : ids;
            return await ApplyLinks(e, _linkedIds, cancellationToken).ConfigureAwait(false);
        }

        if (e.Resource.GetType() != typeof(T))
            return [];

        var now = (T)e.Resource;
        long key = definition.IdOf(now);
        bool wasMember = _members.ContainsKey(key);
        bool isMember = e.Name != ResourceDefinition.RemovedEventName && validated.Matches(now)
            && (wasMember || (_linkedIds ??= await readLinkedIds(cancellationToken).ConfigureAwait(false)).Contains(key));
        if (isMember)
            _members[key] = now;
        else
            _members.Remove(key);
        return wasMember || isMember
            ? [Change(e, now, wasMember && isMember ? WatchChangeKind.Updated : isMember ? WatchChangeKind.Added : WatchChangeKind.Removed)]
            : [];
    }

    private static WatchChange<T> Change(DataEvent e, T resource, WatchChangeKind kind) => new(kind, resource, e.Name, e.Sequence);

    private async ValueTask<IReadOnlyList<WatchChange<T>>> ApplyLinks(DataEvent e, HashSet<long> ids, CancellationToken cancellationToken)
    {
        var changes = new List<WatchChange<T>>();
        foreach ((long id, T member) in _members.Where(member => !ids.Contains(member.Key)).ToArray())
        {
            _members.Remove(id);
            changes.Add(Change(e, member, WatchChangeKind.Removed));
        }

        foreach (long id in ids.Where(id => !_members.ContainsKey(id)).Order())
        {
            if (await read(id, cancellationToken).ConfigureAwait(false) is not { } linked || !validated.Matches(linked))
                continue;
            _members.Add(id, linked);
            changes.Add(Change(e, linked, WatchChangeKind.Added));
        }

        return changes;
    }
}
