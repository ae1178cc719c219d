using System.Globalization;
using BuildData.Paths;

namespace BuildData.Events;

/// <summary>What a subscriber wants: a path with <c>*</c> for any segment, perhaps with <c>property=</c> behind it.</summary>
internal sealed class EventPattern
{
    private EventPattern(IReadOnlyList<EventSegment> segments, IReadOnlyList<string> properties)
    {
        Segments = segments;
        Properties = properties;
    }

    public IReadOnlyList<EventSegment> Segments { get; }

    /// <summary>The properties that builds and build requests are to carry.</summary>
    public IReadOnlyList<string> Properties { get; }

    /// <exception cref="InvalidPathException">The pattern is malformed, or no event is ever announced on it.</exception>
    /// <exception cref="InvalidQueryException">Something else than <c>property</c> is behind the path.</exception>
    /// <exception cref="ArgumentException">Nothing that is announced there has such an event name.</exception>
    public static EventPattern Parse(string pattern, IReadOnlyCollection<string> eventNames)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        int mark = pattern.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? pattern : pattern[..mark];
        if (!path.StartsWith('/'))
            throw new InvalidPathException(pattern, "it must begin with '/'.");

        var segments = new List<EventSegment>();
        foreach (string segment in path.Split('/').Skip(1))
            segments.Add(ParseSegment(segment, pattern));

        Resource[] announced = [.. Catalog.All.Where(resource => resource.EventPatterns.Any(template => Fits(segments, template)))];
        if (announced.Length == 0)
        {
            throw new InvalidPathException(
                pattern, "no event is announced on such a path. Events are announced under ids, not names; '*' stands for any segment.");
        }

        string[] names = [.. announced.SelectMany(resource => resource.EventNames).Distinct()];
        if (eventNames.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw new ArgumentException($"No event of '{pattern}' is called '{unknown}'; there are {string.Join(", ", names)}.", nameof(eventNames));

        return new EventPattern(segments, mark < 0 ? [] : ParseProperties(pattern[(mark + 1)..], announced));
    }

    private static IReadOnlyList<string> ParseProperties(string query, Resource[] announced)
    {
        ResultSpec spec = QueryString.Parse(query);
        string? wrong = spec.Filters.Count > 0 ? spec.Filters[0].Parameter
            : spec.Order.Count > 0 ? "order"
            : spec.Limit is not null ? "limit"
            : spec.Offset is not null ? "offset"
            : spec.Fields.Count > 0 ? "field"
            : null;
        if (wrong is not null)
            throw new InvalidQueryException(wrong, "of the query parameters, a subscription can have 'property' alone.");
        if (!announced.Any(resource => resource.HasProperties))
            throw new InvalidQueryException("property", $"a {announced[0].Kind} carries no properties.");
        return spec.Properties;
    }

    private static EventSegment ParseSegment(string segment, string pattern)
    {
        if (segment == "*")
            return new EventSegment(null, null);
        if (segment.Length > 0 && segment.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return long.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? new EventSegment(null, id)
                : throw new InvalidPathException(pattern, $"the number '{segment}' does not fit in 63 bits.");
        }

        return new EventSegment(segment, null);
    }

    private static bool Fits(List<EventSegment> segments, string template)
    {
        string[] parts = template.Split('/')[1..];
        return parts.Length == segments.Count
            && parts.Zip(segments).All(pair => pair.First == "*" ? pair.Second.Word is null : pair.Second.IsAny || pair.Second.Word == pair.First);
    }
}

/// <summary>A segment of a pattern: a word, an id, or any.</summary>
internal readonly record struct EventSegment(string? Word, long? Id)
{
    public bool IsAny => Word is null && Id is null;
}
