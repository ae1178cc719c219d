using BuildData.Definitions;

namespace BuildData.Watching;

/// <summary>
/// Holds the current properties of one build or buildset for a watch, and applies events to these properties. The owner is that build or
/// buildset.
/// </summary>
/// <param name="isAboutOwner">Returns whether an event is about the owner or its properties.</param>
/// <param name="readPropertiesOfNewOwner">
/// Reads the properties of the owner when an event announces the owner as new. Null if a new owner never has properties.
/// </param>
internal sealed class PropertiesLiveResult(
    Func<DataEvent, CancellationToken, ValueTask<bool>> isAboutOwner, Func<DataEvent, CancellationToken, ValueTask<PropertyMap>>? readPropertiesOfNewOwner) : LiveResult<PropertyMap>
{
    private PropertyMap? _properties;

    public override IReadOnlyCollection<PropertyMap> Current => _properties is null ? [] : [_properties];

    public override void SetInitial(IReadOnlyList<PropertyMap> initialResult) => _properties = initialResult.Count == 0 ? null : initialResult[0];

    public override async ValueTask<IReadOnlyList<WatchChange<PropertyMap>>> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyUnlessRemoved(e, cancellationToken).ConfigureAwait(false);
        }
        catch (RelatedResourceRemovedException)
        {
            return [];
        }
    }

    private async ValueTask<IReadOnlyList<WatchChange<PropertyMap>>> ApplyUnlessRemoved(DataEvent e, CancellationToken cancellationToken)
    {
        bool isChange = e.Resource is PropertyMap;
        bool isRemoval = !isChange && e.Name == ResourceDefinition.RemovedEventName;
        if ((!isChange && !isRemoval && e.Name != "new") || !await isAboutOwner(e, cancellationToken).ConfigureAwait(false))
            return [];
        if (isRemoval)
            return Remove(e);

        PropertyMap changed = e.Resource as PropertyMap
            ?? (readPropertiesOfNewOwner is null ? PropertyMap.Empty : await readPropertiesOfNewOwner(e, cancellationToken).ConfigureAwait(false));
        WatchChangeKind kind = _properties is null ? WatchChangeKind.Added : WatchChangeKind.Updated;
        if (!isChange && kind == WatchChangeKind.Updated && changed.Count == 0)
            return [];

        _properties = (_properties ?? PropertyMap.Empty).With(changed);
        return [new WatchChange<PropertyMap>(kind, _properties, e.Name, e.Sequence)];
    }

    private IReadOnlyList<WatchChange<PropertyMap>> Remove(DataEvent e)
    {
        if (_properties is not { } removed)
            return [];

        _properties = null;
        return [new WatchChange<PropertyMap>(WatchChangeKind.Removed, removed, e.Name, e.Sequence)];
    }
}
