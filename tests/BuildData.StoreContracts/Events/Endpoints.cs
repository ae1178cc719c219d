using System.Text.RegularExpressions;

namespace BuildData.StoreContracts;

/// <summary>Lists the endpoints of the library, from its list.</summary>
internal static partial class Endpoints
{
    private static readonly Dictionary<string, string> Types = Read();

    /// <summary>Gets the patterns of all endpoints, such as <c>/builds/{buildid}</c>.</summary>
    public static IReadOnlyCollection<string> Patterns => Types.Keys;

    private static readonly string[] Unwatchable = ["_statistics", "log_sizes", "/newest", "/contents", "/raw"];

    /// <summary>Gets the patterns of the endpoints whose results can be watched.</summary>
    public static IEnumerable<string> WatchablePatterns =>
        Patterns.Where(pattern => !Unwatchable.Any(part => pattern.Contains(part, StringComparison.Ordinal)));

    /// <summary>Returns the name of the type that an endpoint returns one or many of.</summary>
    public static string TypeOf(string pattern) => Types[pattern];

    private static Dictionary<string, string> Read()
    {
        using Stream list = typeof(Endpoints).Assembly.GetManifestResourceStream("Endpoints.txt")!;
        using var reader = new StreamReader(list);

        // A line is "/builds/{buildid:number} => Get<Build>".
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" => "))
            .ToDictionary(parts => Kind().Replace(parts[0], "}"), parts => parts[1].Split('<', '>')[1]);
    }
    [GeneratedRegex(":[a-z_]+}")]
    private static partial Regex Kind();
}
