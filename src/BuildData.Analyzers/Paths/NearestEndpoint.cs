namespace BuildData.Analyzers.Paths;

/// <summary>Finds the endpoint whose pattern is most like a path that no endpoint has.</summary>
internal static class NearestEndpoint
{
    // A missing or superfluous segment is worse than a misspelled one.
    private const int SegmentCost = 4;

    // A value of the wrong kind, such as a name in the place of a number.
    private const int KindCost = 2;

    /// <summary>Returns the nearest endpoint. Between equally near ones, prefers those that the caller prefers, and then shorter ones.</summary>
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
        EditDistance(path.Length, pattern.Count, SegmentCost, (i, j) => Cost(path[i], pattern[j]));

    private static int Cost(PathSegment segment, PatternSegment pattern)
    {
        if (pattern.CanMatch(segment))
            return segment.IsHole && pattern.Kind == SegmentKind.Literal ? 1 : 0;
        if (pattern.Kind != SegmentKind.Literal)
            return KindCost;

        string text = segment.Text;
        return EditDistance(text.Length, pattern.Text.Length, 1, (i, j) => text[i] == pattern.Text[j] ? 0 : 1);
    }

    // The smallest cost of changes that turn one sequence into the other.
    private static int EditDistance(int length, int otherLength, int insertCost, Func<int, int, int> replaceCost)
    {
        int[] previous = [.. Enumerable.Range(0, otherLength + 1).Select(j => j * insertCost)];
        for (int i = 0; i < length; i++)
        {
            int[] next = new int[otherLength + 1];
            next[0] = (i + 1) * insertCost;
            for (int j = 0; j < otherLength; j++)
                next[j + 1] = Math.Min(previous[j] + replaceCost(i, j), Math.Min(previous[j + 1], next[j]) + insertCost);
            previous = next;
        }

        return previous[otherLength];
    }
}
