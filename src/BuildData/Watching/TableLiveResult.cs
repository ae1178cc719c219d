using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Holds the result of a watched path whose resources are rows of a table.</summary>
/// <param name="resource">The resource type.</param>
/// <param name="validated">The filters and the selected properties of the path.</param>
/// <param name="touched">Returns the resources of this type that an event contains.</param>
/// <param name="has">Returns whether a resource belongs to the path, regardless of filters. The answer for a resource never changes.</param>
internal sealed class TableLiveResult<T>(
    TableDefinition<T> resource, ValidatedSpec validated, Func<object, string, IReadOnlyList<T>> touched, Func<T, CancellationToken, ValueTask<bool>> has) : LiveResult<T>
    where T : class
{
    private readonly Dictionary<long, T> _members = [];

    public override IReadOnlyCollection<T> Current => _members.Values;

    public override void Begin(IReadOnlyList<T> first)
    {
        foreach (T member in first)
            _members[resource.KeyOf(member)] = member;
    }

    public override async ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        if (e.Resource is PropertyMap properties)
            return ApplyProperties(e, properties);

        var changes = new List<WatchChange<T>>(1);
        foreach (T now in touched(e.Resource, e.Name))
        {
            long key = resource.KeyOf(now);
            bool was = _members.ContainsKey(key);
            bool belongs = validated.Matches(now) && (was || await has(now, cancellationToken).ConfigureAwait(false));
            if (belongs)
                _members[key] = now;
            else
                _members.Remove(key);
            if (was || belongs)
                changes.Add(new WatchChange<T>(was && belongs ? WatchChangeKind.Updated : belongs ? WatchChangeKind.Added : WatchChangeKind.Removed, now, e.Name, e.Sequence));
        }

        return changes;
    }

    /// <summary>Applies changed properties of a build to the build that carries them. The build's own attributes stay the same.</summary>
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
