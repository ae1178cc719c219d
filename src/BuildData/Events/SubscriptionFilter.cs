using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Events;

/// <summary>What a subscriber wants to hear of.</summary>
internal sealed class SubscriptionFilter
{
    private readonly HashSet<string>? _names;
    private readonly HashSet<ResourceDefinition> _types;
    private readonly Type? _only;

    private SubscriptionFilter(IReadOnlyList<EventPattern> patterns, IReadOnlyCollection<string> names, Type? only)
    {
        Patterns = patterns;
        Properties = PropertySelection.Union([.. patterns.Select(pattern => pattern.Properties)]);
        _only = only;
        _names = names.Count == 0 ? null : new HashSet<string>(names, StringComparer.Ordinal);
        _types = [.. patterns.SelectMany(pattern => pattern.Announced).Where(type => only is null || type.ResourceType == only)];
    }

    public IReadOnlyList<EventPattern> Patterns { get; }

    /// <summary>The properties that builds and build requests are to carry.</summary>
    public PropertySelection Properties { get; }

    public bool WantsProperties => !Properties.IsEmpty;

    /// <summary>Whether changes that are not announced in public are wanted: those that a watch needs to know of.</summary>
    public bool IsWatch { get; private init; }

    /// <summary>What a subscriber asks for.</summary>
    /// <param name="catalog">The resource types.</param>
    /// <param name="patterns">Paths with <c>*</c> for any segment.</param>
    /// <param name="names">The event names that are wanted; none stands for all.</param>
    /// <param name="only">The only resource type that is wanted; null for all.</param>
    /// <exception cref="InvalidPathException">A pattern is malformed, or no such event is ever announced on it.</exception>
    /// <exception cref="InvalidQueryException">Something else than <c>property</c> is behind a path, or there are too many properties.</exception>
    /// <exception cref="ArgumentException">
    /// Nothing that is announced there has such an event name, or there is no pattern, or there are too many patterns or names.
    /// </exception>
    public static SubscriptionFilter Parse(
        ResourceCatalog catalog, IReadOnlyCollection<string> patterns, IReadOnlyCollection<string> names, Type? only = null)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(names);
        if (patterns.Count == 0)
            throw new ArgumentException("A subscription needs a pattern.", nameof(patterns));
        if (patterns.Count > QueryLimits.Patterns)
            throw new ArgumentException($"A subscription has at most {QueryLimits.Patterns} patterns.", nameof(patterns));
        if (names.Count > QueryLimits.EventNames)
            throw new ArgumentException($"A subscription has at most {QueryLimits.EventNames} event names.", nameof(names));

        var interest = new SubscriptionFilter([.. patterns.Select(pattern => EventPattern.Parse(pattern, catalog))], names, only);
        QueryLimits.Check(interest.Properties.Names.Count, QueryLimits.Properties, "property", "properties");
        if (only is not null)
        {
            EventPattern? other = interest.Patterns.FirstOrDefault(pattern => !pattern.Announced.Any(type => type.ResourceType == only));
            if (other is not null)
                throw new InvalidPathException(other.Text, $"no change of a {only.Name} is announced on such a path.");
        }

        string[] known = [.. interest._types.SelectMany(type => type.EventNames).Distinct()];
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException(
                $"No event of '{string.Join("', '", patterns)}' is called '{unknown}'; there are {string.Join(", ", known)}.", nameof(names));
        }

        return interest;
    }

    /// <summary>What a watch needs to hear of.</summary>
    public static SubscriptionFilter Watch(ResourceCatalog catalog, IReadOnlyCollection<string> patterns, PropertySelection properties) =>
        new([.. patterns.Select(pattern => EventPattern.Watch(pattern, properties, catalog))], [], null) { IsWatch = true };

    /// <summary>Whether changes of this type are wanted at all.</summary>
    public bool WantsType(ResourceDefinition type) => _types.Contains(type);

    /// <summary>Whether an event on one of the paths is wanted.</summary>
    /// <param name="type">The resource type.</param>
    /// <param name="name">What happened.</param>
    /// <param name="isPublic">Whether such events are announced in public.</param>
    public bool Wants(ResourceDefinition type, string name, bool isPublic) =>
        (isPublic || IsWatch) && (_only is null || _only == type.ResourceType) && (_names is null || _names.Contains(name));

    /// <summary>Whether an event is announced on one of the paths.</summary>
    public bool Fits(in PendingEvent pending)
    {
        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
        {
            foreach (EventPattern pattern in Patterns)
            {
                if (pattern.Fits(path))
                    return true;
            }
        }

        return false;
    }
}
