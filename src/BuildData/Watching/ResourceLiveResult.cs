using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Holds the current result of a watched path, such as the steps of a build, and applies events to this result.</summary>
/// <typeparam name="T">The resource type.</typeparam>
/// <param name="definition">The definition of the resource type.</param>
/// <param name="validated">The filters and the selected properties of the path.</param>
/// <param name="changedResources">
/// Returns the resources of type <typeparamref name="T"/> that an event contains. The arguments are the event's resource and name.
/// </param>
/// <param name="membershipCanChange">
/// Whether <paramref name="toMember"/> can return different answers for a resource at different times. If false,
/// <paramref name="toMember"/> is not called again for a resource that is already in the result.
/// </param>
/// <param name="toMember">
/// Converts a resource to the form in which the path returns it, and ignores the filters on its own fields. Returns null if the resource does not belong to
/// the path, or does not match a filter that compares other data.
/// </param>
/// <param name="readNow">Reads the current state of the resource with an id. Returns null if the resource does not exist.</param>
internal sealed class ResourceLiveResult<T>(
    TableDefinition<T> definition, ValidatedSpec validated, Func<object, string, IReadOnlyList<T>> changedResources, bool membershipCanChange, Func<T, CancellationToken, ValueTask<T?>> toMember, Func<long, CancellationToken, ValueTask<T?>> readNow) : LiveResult<T>
    where T : class
{
    private readonly Dictionary<long, T> _members = [];

    // Created when the first owner is removed. Most watches never see a removal.
    private PartsByOwner<T>? _partsByOwner;

    public override IReadOnlyCollection<T> Current => _members.Values;

    public override void SetInitial(IReadOnlyList<T> initialResult)
    {
        foreach (T member in initialResult)
            _members[definition.IdOf(member)] = member;
    }

    public override async ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        if (e.Resource is PropertyMap properties)
            return await ApplyProperties(e, properties, cancellationToken).ConfigureAwait(false);
        if (e.Resource.GetType() == definition.Owner?.ResourceType)
            return e.Name == ResourceDefinition.RemovedEventName ? RemovePartsOf(e) : [];

        var changes = new List<WatchChange<T>>(1);
        foreach (T changed in changedResources(e.Resource, e.Name))
        {
            T now = changed;
            long key = definition.IdOf(now);
            bool wasMember = _members.ContainsKey(key);
            bool isMember = e.Name != ResourceDefinition.RemovedEventName && validated.Matches(now);
            if (isMember && (!wasMember || membershipCanChange))
            {
                T? member = await toMember(now, cancellationToken).ConfigureAwait(false);
                isMember = member is not null;
                now = member ?? now;
            }

            if (isMember)
                _members[key] = now;
            else
                _members.Remove(key);
            if (isMember && !wasMember)
                _partsByOwner?.Add(now);
            if (wasMember || isMember)
                changes.Add(new WatchChange<T>(wasMember && isMember ? WatchChangeKind.Updated : isMember ? WatchChangeKind.Added : WatchChangeKind.Removed, now, e.Name, e.Sequence));
        }

        return changes;
    }

    /// <summary>
    /// Removes the parts of a removed owner from the result, in the order of their ids. For example, removes the steps of a removed build.
    /// </summary>
    private List<WatchChange<T>> RemovePartsOf(DataEvent e)
    {
        _partsByOwner ??= new PartsByOwner<T>(definition, _members.Values);
        var changes = new List<WatchChange<T>>();
        foreach (long id in _partsByOwner.Take(e.Id))
        {
            if (_members.Remove(id, out T? was))
                changes.Add(new WatchChange<T>(WatchChangeKind.Removed, was, e.Name, e.Sequence));
        }

        return changes;
    }

    /// <summary>
    /// Applies changed properties to the resource that has these properties, such as a build. If a filter compares properties, the resource can
    /// enter or leave the result.
    /// </summary>
    /// <param name="e">The event.</param>
    /// <param name="changed">The changed properties.</param>
    /// <param name="cancellationToken">Cancels the reads.</param>
    private async ValueTask<IReadOnlyList<WatchChange<T>>> ApplyProperties(DataEvent e, PropertyMap changed, CancellationToken cancellationToken)
    {
        PropertyMap wanted = changed.Only(validated.Properties);
        if (wanted.Count == 0)
            return [];
        if (!_members.TryGetValue(e.Id, out T? was))
            return validated.HasRelatedFilters ? await AddIfMember(e, cancellationToken).ConfigureAwait(false) : [];
        if (definition.MutablePropertiesOf(was) is not { } known)
            return [];

        var now = (T)definition.WithProperties(was, known.With(wanted));
        if (validated.HasRelatedFilters && await toMember(now, cancellationToken).ConfigureAwait(false) is null)
        {
            _members.Remove(e.Id);
            return [new WatchChange<T>(WatchChangeKind.Removed, now, e.Name, e.Sequence)];
        }

        _members[e.Id] = now;
        return [new WatchChange<T>(WatchChangeKind.Updated, now, e.Name, e.Sequence)];
    }

    private async ValueTask<IReadOnlyList<WatchChange<T>>> AddIfMember(DataEvent e, CancellationToken cancellationToken)
    {
        // The event contains only the changed properties.
        if (await readNow(e.Id, cancellationToken).ConfigureAwait(false) is not { } now || !validated.Matches(now)
            || await toMember(now, cancellationToken).ConfigureAwait(false) is not { } member)
        {
            return [];
        }

        _members[e.Id] = member;
        _partsByOwner?.Add(member);
        return [new WatchChange<T>(WatchChangeKind.Added, member, e.Name, e.Sequence)];
    }
}
