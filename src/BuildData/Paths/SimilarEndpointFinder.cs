using BuildData.Values;

namespace BuildData.Paths;

/// <summary>Finds the endpoint whose pattern is most similar to an invalid path.</summary>
internal static class SimilarEndpointFinder
{
    // A missing or superfluous segment is worse than a misspelled one.
    private const int SegmentCost = 4;

    // A value of the wrong kind, such as a name in the place of a number.
    private const int KindCost = 2;

    // The comparison takes time in proportion to the length of the path, and a path may come from anybody.
    private const int MaxPathLength = 200;

    /// <summary>Returns the most similar endpoint; null if the path is too long to be compared.</summary>
    public static Endpoint? Find(string path, IEnumerable<Endpoint> endpoints)
    {
        if (path.Length > MaxPathLength)
            return null;

        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return endpoints.MinBy(endpoint => (Distance(segments, endpoint.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)), endpoint.Pattern.Length));
    }

    private static int Distance(string[] path, string[] pattern) =>
        EditDistance.Between(path.Length, pattern.Length, SegmentCost, (i, j) => Cost(path[i], pattern[j]));

    private static int Cost(string segment, string pattern) => pattern switch
    {
        ['{', ..] when pattern.EndsWith(":number}", StringComparison.Ordinal) => segment.All(char.IsAsciiDigit) ? 0 : KindCost,
        ['{', ..] => 0,
        _ => EditDistance.Between(segment, pattern),
    };
}
