namespace BuildData;

/// <summary>The answer of a path to the properties of one build or buildset.</summary>
/// <param name="has">Whether an event is of the owner.</param>
/// <param name="read">Reads the properties of an owner that is new; null where it has none then.</param>
internal sealed class PropertyAnswer(
    Func<DataEvent, CancellationToken, ValueTask<bool>> has, Func<DataEvent, CancellationToken, ValueTask<PropertyMap>>? read) : Answer<PropertyMap>
{
    private PropertyMap? _properties;

    public override IReadOnlyCollection<PropertyMap> Current => _properties is null ? [] : [_properties];

    public override void Begin(IReadOnlyList<PropertyMap> first) => _properties = first.Count == 0 ? null : first[0];

    public override async ValueTask<IReadOnlyList<Change<PropertyMap>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        bool isChange = e.Resource is PropertyMap;
        if ((!isChange && e.Name != "new") || !await has(e, cancellationToken).ConfigureAwait(false))
            return [];

        PropertyMap changed = e.Resource as PropertyMap
            ?? (read is null ? PropertyMap.Empty : await read(e, cancellationToken).ConfigureAwait(false));
        ChangeKind kind = _properties is null ? ChangeKind.Added : ChangeKind.Updated;
        if (!isChange && kind == ChangeKind.Updated && changed.Count == 0)
            return [];

        _properties = (_properties ?? PropertyMap.Empty).With(changed);
        return [new Change<PropertyMap>(kind, _properties, e.Name, e.Sequence)];
    }
}
