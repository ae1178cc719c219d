using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Events;

/// <summary>Specifies which events a subscription receives, and which properties these events contain. Immutable.</summary>
internal sealed class SubscriptionFilter
{
    private readonly HashSet<string>? _names;
    private readonly HashSet<ResourceDefinition> _types;
    private readonly Type? _onlyType;

    private SubscriptionFilter(IReadOnlyList<EventPattern> patterns, IReadOnlyCollection<string> names, Type? onlyType)
    {
        Patterns = patterns;
        Properties = PropertySelection.Union([.. patterns.Select(pattern => pattern.Properties)]);
        _onlyType = onlyType;
        _names = names.Count == 0 ? null : new HashSet<string>(names, StringComparer.Ordinal);
        _types = [.. patterns.SelectMany(pattern => pattern.ResourceTypes).Where(type => onlyType is null || type.ResourceType == onlyType)];
    }

    /// <summary>Gets the patterns. There is at least one.</summary>
    public IReadOnlyList<EventPattern> Patterns { get; }

    /// <summary>Gets the properties that an event contains if its resource is a build or a build request.</summary>
    public PropertySelection Properties { get; }

    /// <summary>Gets whether the filter selects any properties.</summary>
    public bool SelectsProperties => !Properties.IsEmpty;

    /// <summary>Gets whether the subscription belongs to a watch. A watch also receives events that are not public.</summary>
    public bool IsWatch { get; private init; }

    /// <summary>
    /// Gets a resource type. The filter accepts an event of this type only if it announces a removal. Null if there is no such type.
    /// </summary>
    private ResourceDefinition? OnlyRemovedType { get; init; }

    /// <summary>Gets the filters of which at least one must accept the type and the name of an event. Empty if this filter is not combined.</summary>
    private IReadOnlyList<SubscriptionFilter> Parts { get; init; } = [];

    /// <summary>Creates the filter of a subscription.</summary>
    /// <param name="catalog">The resource types.</param>
    /// <param name="patterns">Paths in which <c>*</c> stands for any segment.</param>
    /// <param name="names">The names of the events to receive. If empty, all events are received.</param>
    /// <param name="onlyType">The type of the resources whose events are received; null for all types.</param>
    /// <exception cref="InvalidPathException">A pattern is malformed, or matches no events of the resource type.</exception>
    /// <exception cref="InvalidQueryException">
    /// A query string is malformed, selects too many properties, or has a parameter other than <c>property</c>. This exception is also
    /// thrown if the resources of a pattern have no properties.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// An event name is unknown on the paths. This exception is also thrown if there are no patterns, too many patterns or too many event
    /// names.
    /// </exception>
    public static SubscriptionFilter Parse(
        ResourceCatalog catalog, IReadOnlyCollection<string> patterns, IReadOnlyCollection<string> names, Type? onlyType = null)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(names);
        if (patterns.Count == 0)
            throw new ArgumentException("A subscription needs at least one pattern.", nameof(patterns));
        if (patterns.Count > QueryLimits.Patterns)
            throw new ArgumentException($"A subscription can have at most {QueryLimits.Patterns} patterns.", nameof(patterns));
        if (names.Count > QueryLimits.EventNames)
            throw new ArgumentException($"A subscription can have at most {QueryLimits.EventNames} event names.", nameof(names));

        var filter = new SubscriptionFilter([.. patterns.Select(pattern => EventPattern.Parse(pattern, catalog))], names, onlyType);
        QueryLimits.Check(filter.Properties.Names.Count, QueryLimits.Properties, "property", "properties");
        if (onlyType is not null)
        {
            EventPattern? other = filter.Patterns.FirstOrDefault(pattern => !pattern.ResourceTypes.Any(type => type.ResourceType == onlyType));
            if (other is not null)
                throw new InvalidPathException(other.Text, $"no events of {onlyType.Name} resources are published on such a path.");
        }

        string[] known = [.. filter._types.SelectMany(type => type.PublicEventNames).Distinct()];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"No event '{unknown}' is published on '{string.Join("', '", patterns)}'. Use one of: {string.Join(", ", known)}.", nameof(names));
        }

        return filter;
    }

    /// <summary>Creates the filter of a watch.</summary>
    /// <param name="catalog">The resource types.</param>
    /// <param name="patterns">Paths in which <c>*</c> stands for any segment.</param>
    /// <param name="properties">The properties that an event contains if its resource is a build or a build request.</param>
    /// <param name="onlyRemovedType">
    /// A resource type. The watch receives an event of this type only if it announces a removal. Null if there is no such type.
    /// </param>
    public static SubscriptionFilter ForWatch(
        ResourceCatalog catalog, IReadOnlyCollection<string> patterns, PropertySelection properties, ResourceDefinition? onlyRemovedType = null) =>
        new([.. patterns.Select(pattern => EventPattern.ForWatch(pattern, properties, catalog))], [], null) { IsWatch = true, OnlyRemovedType = onlyRemovedType };

    /// <summary>Combines the filters of several watches: creates a filter that every event passes that passes one of them.</summary>
    /// <remarks>Further events can pass the combined filter, because the patterns of one watch and the types of another are not told apart.</remarks>
    /// <param name="catalog">The resource types.</param>
    /// <param name="parts">The filters of the watches.</param>
    public static SubscriptionFilter Combine(ResourceCatalog catalog, IReadOnlyList<SubscriptionFilter> parts)
    {
        var properties = PropertySelection.Union([.. parts.Select(part => part.Properties)]);
        IEnumerable<string> patterns = parts.SelectMany(part => part.Patterns).Select(pattern => pattern.Text).Distinct();
        return new([.. patterns.Select(pattern => EventPattern.ForWatch(pattern, properties, catalog))], [], null) { IsWatch = true, Parts = parts };
    }

    /// <summary>Returns whether any events of a resource type can pass the filter.</summary>
    public bool AcceptsType(ResourceDefinition type) => _types.Contains(type);

    /// <summary>
    /// Returns whether an event with this type and this name passes the filter. Ignores the paths of the event. <see cref="MatchesPathOf(DataEvent)"/>
    /// checks the paths.
    /// </summary>
    /// <param name="type">The resource type.</param>
    /// <param name="name">The event name, such as <c>finished</c>.</param>
    /// <param name="isPublic">
    /// Whether the event is public. An event is public if subscriptions can receive it; other events are only for watches.
    /// </param>
    public bool Accepts(ResourceDefinition type, string name, bool isPublic) =>
        (isPublic || IsWatch) && (_onlyType is null || _onlyType == type.ResourceType) && (_names is null || _names.Contains(name))
        && (OnlyRemovedType is null || OnlyRemovedType != type || name == ResourceDefinition.RemovedEventName)
        && (Parts.Count == 0 || AnyPartAccepts(type, name, isPublic));

    /// <summary>Returns whether one of the paths of an event matches one of the patterns.</summary>
    public bool MatchesPathOf(in UnnumberedEvent pending) => MatchesAny(pending.Type.EventPaths(pending.Resource, pending.Id));

    /// <summary>Returns whether one of the paths of an event matches one of the patterns.</summary>
    public bool MatchesPathOf(DataEvent e) => MatchesAny(e.Type.EventPaths(e.Resource, e.Id));

    // A loop, because a closure would be allocated for every event.
    private bool AnyPartAccepts(ResourceDefinition type, string name, bool isPublic)
    {
        foreach (SubscriptionFilter part in Parts)
        {
            if (part.Accepts(type, name, isPublic))
                return true;
        }

        return false;
    }

    private bool MatchesAny(EventPath[] paths)
    {
        foreach (EventPath path in paths)
        {
            foreach (EventPattern pattern in Patterns)
            {
                if (pattern.Matches(path))
                    return true;
            }
        }

        return false;
    }
}
