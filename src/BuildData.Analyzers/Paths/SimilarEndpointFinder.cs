using BuildData.Values;

namespace BuildData.Analyzers.Paths;

/// <summary>Finds the endpoint whose pattern is most similar to an invalid path.</summary>
internal static class SimilarEndpointFinder
{
    // A missing or superfluous segment is worse than a misspelled one.
    private const int SegmentCost = 4;

    // A value of the wrong kind, such as a name in the place of a number.
    private const int KindCost = 2;

    /// <summary>
    /// Returns the most similar endpoint. Among equally similar endpoints, returns one that the caller prefers, and then the one with the
    /// shortest pattern.
    /// </summary>
    public static EndpointPattern Find(PathTemplate path, Func<EndpointPattern, bool> isPreferred)
    {
        PathSegment[] segments = [.. path.Segments.Where(segment => !segment.IsEmpty)];
        return EndpointPatterns.All
            .OrderBy(endpoint => Distance(segments, endpoint.Segments))
            .ThenBy(endpoint => isPreferred(endpoint) ? 0 : 1)
            .ThenBy(endpoint => endpoint.Segments.Count)
            .First();
    }

    private static int Distance(PathSegment[] path, IReadOnlyList<PatternSegment> pattern) =>
        EditDistance.Between(path.Length, pattern.Count, SegmentCost, (i, j) => Cost(path[i], pattern[j]));

    private static int Cost(PathSegment segment, PatternSegment pattern)
    {
        if (pattern.CanMatch(segment))
            return segment.IsHole && pattern.Kind == SegmentKind.Literal ? 1 : 0;
        if (pattern.Kind != SegmentKind.Literal)
            return KindCost;

        return EditDistance.Between(segment.Text, pattern.Text);
    }
}
