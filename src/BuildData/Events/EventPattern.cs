using System.Globalization;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Events;

/// <summary>
/// Represents a parsed pattern of a subscription: a path in which <c>*</c> stands for any segment, and the properties that its query
/// string selects. Immutable.
/// </summary>
internal sealed class EventPattern
{
    private EventPattern(string text, IReadOnlyList<PatternSegment> segments, IReadOnlyList<ResourceDefinition> resourceTypes, PropertySelection properties)
    {
        Text = text;
        Segments = segments;
        ResourceTypes = resourceTypes;
        Properties = properties;
    }

    /// <summary>Gets the text from which the pattern was parsed.</summary>
    public string Text { get; }

    /// <summary>Gets the segments of the path.</summary>
    public IReadOnlyList<PatternSegment> Segments { get; }

    /// <summary>Gets the resource types whose events can have a path that matches the pattern.</summary>
    public IReadOnlyList<ResourceDefinition> ResourceTypes { get; }

    /// <summary>Gets the properties that an event contains if its resource is a build or a build request.</summary>
    public PropertySelection Properties { get; }

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="InvalidPathException">The pattern is malformed, or no events are published on such a path.</exception>
    /// <exception cref="InvalidQueryException">
    /// The query string is malformed or too large, or has a parameter other than <c>property</c>. This exception is also thrown if the
    /// resources of the path have no properties.
    /// </exception>
    public static EventPattern Parse(string pattern, ResourceCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        int mark = pattern.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? pattern : pattern[..mark];
        if (path.Length > QueryLimits.PathLength)
            throw new InvalidPathException(pattern, $"it has more than {QueryLimits.PathLength} characters.");
        if (!path.StartsWith('/'))
            throw new InvalidPathException(pattern, "it must begin with '/'.");

        List<PatternSegment> segments = ParseSegments(path, pattern);
        ResourceDefinition[] types = [.. catalog.All.Where(resource => resource.EventPatterns.Any(template => CanMatch(segments, template)))];
        if (types.Length == 0)
        {
            throw new InvalidPathException(
                pattern, "no events are published on such a path. Use ids, not names, or '*' for any segment.");
        }

        return new EventPattern(pattern, segments, types, mark < 0 ? PropertySelection.None : ParseProperties(pattern[(mark + 1)..], types));
    }

    /// <summary>
    /// Creates the pattern of a watch. Only watches receive events that are not public. Therefore this pattern can match the events of all
    /// resource types.
    /// </summary>
    public static EventPattern ForWatch(string pattern, PropertySelection properties, ResourceCatalog catalog) =>
        new(pattern, ParseSegments(pattern, pattern), catalog.All, properties);

    /// <summary>Returns whether a path matches the pattern.</summary>
    public bool Matches(in EventPath path)
    {
        if (path.Length != Segments.Count)
            return false;

        for (int i = 0; i < Segments.Count; i++)
        {
            PatternSegment wanted = Segments[i];
            (string? word, long id) = path[i];
            if (!wanted.IsWildcard && (wanted.Word is null ? word is not null || wanted.Id != id : wanted.Word != word))
                return false;
        }

        return true;
    }

    private static List<PatternSegment> ParseSegments(string path, string pattern) =>
        [.. path.Split('/').Skip(1).Select(segment => ParseSegment(segment, pattern))];

    private static PropertySelection ParseProperties(string query, ResourceDefinition[] types)
    {
        ResultSpec spec = QueryStringParser.Parse(query);
        string? unsupported = spec.Filters.Count > 0 ? spec.Filters[0].Parameter
            : spec.Order.Count > 0 ? "order"
            : spec.Limit is not null ? "limit"
            : spec.Offset is not null ? "offset"
            : spec.After is not null ? "after"
            : spec.Fields.Count > 0 ? "field"
            : spec.Include.Count > 0 ? "include"
            : null;
        if (unsupported is not null)
            throw new InvalidQueryException(unsupported, "a subscription supports only the query parameter 'property'.");
        if (!types.Any(resource => resource.HasProperties))
            throw new InvalidQueryException("property", $"a {types[0].Kind} has no properties.");
        return new PropertySelection(spec.AllProperties, spec.Properties);
    }

    private static PatternSegment ParseSegment(string segment, string pattern)
    {
        if (segment == "*")
            return new PatternSegment(null, null);
        if (segment.Length > 0 && segment.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return long.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? new PatternSegment(null, id)
                : throw new InvalidPathException(pattern, $"the number '{ShortText.Of(segment)}' does not fit in 63 bits.");
        }

        return new PatternSegment(Uri.UnescapeDataString(segment), null);
    }

    /// <summary>Returns whether a pattern can match an event path of a resource type.</summary>
    /// <param name="segments">The segments of the pattern.</param>
    /// <param name="template">An event path of the resource type, in which <c>*</c> stands for an id, and a segment in braces for a name.</param>
    private static bool CanMatch(List<PatternSegment> segments, string template)
    {
        string[] parts = template.Split('/')[1..];
        return parts.Length == segments.Count
            && parts.Zip(segments).All(pair => CanMatch(pair.Second, pair.First));
    }

    private static bool CanMatch(PatternSegment segment, string template) =>
        segment.IsWildcard || (template == "*" ? segment.Id is not null : segment.Word is { } word && (template[0] == '{' || word == template));
}
