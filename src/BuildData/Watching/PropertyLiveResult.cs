namespace BuildData.Watching;

/// <summary>Holds the result of a watched path of the properties of one build or buildset.</summary>
/// <param name="has">Returns whether an event belongs to the owner of the properties.</param>
/// <param name="read">Reads the properties of a new owner; null if a new owner never has properties.</param>
internal sealed class PropertyLiveResult(
    Func<DataEvent, CancellationToken, ValueTask<bool>> has, Func<DataEvent, CancellationToken, ValueTask<PropertyMap>>? read) : LiveResult<PropertyMap>
{
    private PropertyMap? _properties;

    public override IReadOnlyCollection<PropertyMap> Current => _properties is null ? [] : [_properties];

    public override void Begin(IReadOnlyList<PropertyMap> first) => _properties = first.Count == 0 ? null : first[0];

    public override async ValueTask<IReadOnlyList<WatchChange<PropertyMap>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        bool isChange = e.Resource is PropertyMap;
        if ((!isChange && e.Name != "new") || !await has(e, cancellationToken).ConfigureAwait(false))
            return [];

        PropertyMap changed = e.Resource as PropertyMap
            ?? (read is null ? PropertyMap.Empty : await read(e, cancellationToken).ConfigureAwait(false));
        WatchChangeKind kind = _properties is null ? WatchChangeKind.Added : WatchChangeKind.Updated;
        if (!isChange && kind == WatchChangeKind.Updated && changed.Count == 0)
            return [];

        _properties = (_properties ?? PropertyMap.Empty).With(changed);
        return [new WatchChange<PropertyMap>(kind, _properties, e.Name, e.Sequence)];
    }
}
