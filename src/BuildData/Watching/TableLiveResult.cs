using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Holds the result of a watched path whose resources are rows of a table.</summary>
/// <param name="resource">The resource type.</param>
/// <param name="validated">The filters and the selected properties of the path.</param>
/// <param name="changedResources">Returns the resources of this type that an event contains.</param>
/// <param name="belongs">Returns whether a resource belongs to the path, regardless of filters. For one resource this never changes.</param>
internal sealed class TableLiveResult<T>(
    TableDefinition<T> resource, ValidatedSpec validated, Func<object, string, IReadOnlyList<T>> changedResources, Func<T, CancellationToken, ValueTask<bool>> belongs) : LiveResult<T>
    where T : class
{
    private readonly Dictionary<long, T> _members = [];

    public override IReadOnlyCollection<T> Current => _members.Values;

    public override void SetInitial(IReadOnlyList<T> initialResult)
    {
        foreach (T member in initialResult)
            _members[resource.IdOf(member)] = member;
    }

    public override async ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        if (e.Resource is PropertyMap properties)
            return ApplyProperties(e, properties);

        var changes = new List<WatchChange<T>>(1);
        foreach (T now in changedResources(e.Resource, e.Name))
        {
            long key = resource.IdOf(now);
            bool wasMember = _members.ContainsKey(key);
            bool isMember = validated.Matches(now) && (wasMember || await belongs(now, cancellationToken).ConfigureAwait(false));
            if (isMember)
                _members[key] = now;
            else
                _members.Remove(key);
            if (wasMember || isMember)
                changes.Add(new WatchChange<T>(wasMember && isMember ? WatchChangeKind.Updated : isMember ? WatchChangeKind.Added : WatchChangeKind.Removed, now, e.Name, e.Sequence));
        }

        return changes;
    }

    /// <summary>Applies changed properties to the resource in the result that has them, such as a build.</summary>
    private IReadOnlyList<WatchChange<T>> ApplyProperties(DataEvent e, PropertyMap changed)
    {
        if (!_members.TryGetValue(e.Id, out T? was) || resource.PropertiesOf(was) is not { } known)
            return [];

        PropertyMap wanted = changed.Only(validated.Properties);
        if (wanted.Count == 0)
            return [];

        var now = (T)resource.WithProperties(was, known.With(wanted));
        _members[e.Id] = now;
        return [new WatchChange<T>(WatchChangeKind.Updated, now, e.Name, e.Sequence)];
    }
}
