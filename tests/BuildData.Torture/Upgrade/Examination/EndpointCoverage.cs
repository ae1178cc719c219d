namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Tells which endpoints of the library a list of paths has not asked.</summary>
internal static class EndpointCoverage
{
    /// <summary>Returns the endpoints that no path matches.</summary>
    public static IEnumerable<string> FindMissing(IEnumerable<string> paths)
    {
        string[][] asked = [.. paths.Select(path => Segments(path.Split('?')[0]))];
        return File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", "Endpoints.txt")).Select(line => line.Split(' ')[0])
            .Where(endpoint => !Array.Exists(asked, path => Matches(Segments(endpoint), path)));
    }

    private static string[] Segments(string path) => path.Trim('/').Split('/');

    private static bool Matches(string[] endpoint, string[] path) => endpoint.Length == path.Length && endpoint.Zip(path).All(pair => Matches(pair.First, pair.Second));

    private static bool Matches(string pattern, string segment) =>
        pattern.EndsWith(":number}", StringComparison.Ordinal) ? segment.All(char.IsAsciiDigit)
        : pattern.EndsWith(":identifier}", StringComparison.Ordinal) ? !segment.All(char.IsAsciiDigit)
        : pattern[0] == '{' || pattern == segment;
}
