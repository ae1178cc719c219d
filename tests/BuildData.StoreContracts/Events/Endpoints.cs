namespace BuildData.StoreContracts;

/// <summary>Lists the endpoints of the library, from the approved list.</summary>
internal static class Endpoints
{
    private static readonly Dictionary<string, string> Types = Read();

    /// <summary>Gets the patterns of all endpoints, such as <c>/builds/{buildid}</c>.</summary>
    public static IReadOnlyCollection<string> Patterns => Types.Keys;

    /// <summary>Returns the name of the type that an endpoint returns one or many of.</summary>
    public static string TypeOf(string pattern) => Types[pattern];

    private static Dictionary<string, string> Read()
    {
        using Stream list = typeof(Endpoints).Assembly.GetManifestResourceStream("Endpoints.approved.txt")!;
        using var reader = new StreamReader(list);

        // A line is "/builds/{buildid} => Get<Build>".
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" => "))
            .ToDictionary(parts => parts[0], parts => parts[1].Split('<', '>')[1]);
    }
}
