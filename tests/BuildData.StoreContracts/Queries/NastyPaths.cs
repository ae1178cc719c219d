using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildData.StoreContracts;

/// <summary>Provides paths that a program might not expect: those of a file, and any number of random ones.</summary>
internal static partial class NastyPaths
{
    // Characters and sequences that parsers, encodings and databases treat specially.
    private static readonly string[] Pieces =
    [
        "", "/", "//", ".", "..", "%2F", "%2e%2e", "%", "%4", "%zz", "%00", "%25", "%ED%A0%80", "%FF", "%F0%9F%98%80", "\0", "\u0001", "\uD800", "\uDC00", "\uFFFF", "\uFEFF", "\U0001F600", "é",
        "'", "\"", "\\", ";", "--", "/*", "$1", "?", "#", "&", "=", "+", " ", "*", "_", "__", "-", ",", "(", ")", "[", "{", "}", "<", "%2C", "%2A", "%2D", "%5F%5F", "null", "true", "NaN",
        "0", "1", "7", "-1", "00", "1e9", "0x1f", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999999", "\u0661",
        "linux", "mac os/x", "worker-1", "compile", "main", "success", "property.", "sourcestamp.", "AQEBAAAAAAAAAA",
    ];

    private static readonly string[] Fields =
    [
        "buildid", "number", "builderid", "builder_name", "workerid", "worker_name", "started_at", "complete", "complete_at", "results", "state_string", "properties", "bsid", "buildsetid", "reason",
        "submitted_at", "sourcestamps", "buildrequestid", "claimed", "priority", "stepid", "name", "urls", "hidden", "tags", "masterids", "connected_to", "configured_on", "branch", "revision",
        "patch", "last_active", "property.rev", "property.owner", "property.late", "property.", "sourcestamp.branch", "sourcestamp.revision", "sourcestamp.ssid", "sourcestamp.created_at", "sourcestamp.patch",
    ];

    private static readonly string[] Operators = ["", "__eq", "__ne", "__lt", "__le", "__gt", "__ge", "__contains", "__in", "__notin", "__", "__EQ", "__like", "__eq__eq"];

    private static readonly string[] Includes = ["steps", "buildrequest", "buildset", "buildrequests", "builds", "properties", "newest_build", "steps,buildset", "*", ""];

    private static readonly int[] Lengths = [2, 3, 50, 51, 200, 1_000, 5_000, 70_000];

    /// <summary>Returns the paths of the file.</summary>
    public static IEnumerable<string> OfFile()
    {
        using Stream file = typeof(NastyPaths).Assembly.GetManifestResourceStream("nasty-paths.txt")!;
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                yield return Repeated().Replace(Escape().Replace(line, CodeUnit), Repeat);
        }
    }

    /// <summary>Returns a random path, which may be valid: an endpoint with values, a query string, and some mutations.</summary>
    public static string Create(Random random)
    {
        string path = Path(random);
        int parameters = random.Next(10) switch { < 3 => 0, < 9 => random.Next(1, 5), _ => random.Next(5, 400) };
        string[] query = [.. Enumerable.Range(0, parameters).Select(_ => Parameter(random))];
        if (query.Length > 0 && random.Next(8) == 0)
            query = [.. Enumerable.Repeat(query[0], Pick(random, [2, 64, 65, 256, 257, 1_024, 1_025]))];
        string whole = query.Length == 0 ? path : path + "?" + string.Join('&', query);
        for (int i = random.Next(6) - 3; i > 0; i--)
            whole = Mutate(random, whole);
        return whole;
    }

    private static string Path(Random random)
    {
        string pattern = Pick(random, [.. Endpoints.Patterns]);
        return Variable().Replace(pattern, name => random.Next(4) == 0 ? Value(random) : name.Value.Contains("name", StringComparison.Ordinal) ? Pick(random, ["linux", "1", "compile", "worker-1", "mac%20os%2Fx"]) : $"{random.Next(5)}");
    }

    private static string Parameter(Random random) => random.Next(10) switch
    {
        0 => $"limit={Number(random)}",
        1 => $"offset={Number(random)}",
        2 => $"after={Value(random)}",
        3 => $"order={Pick(random, ["", "-"])}{Pick(random, Fields)}",
        4 => $"field={Pick(random, Fields)}",
        5 => $"property={Pick(random, ["*", "rev", "owner", Value(random)])}",
        6 => $"include={Pick(random, Includes)}",
        _ => $"{Pick(random, Fields)}{Pick(random, Operators)}={(random.Next(3) == 0 ? Number(random) : Value(random))}",
    };

    private static string Number(Random random) => Pick(random, ["0", "1", "2", "10", "-1", "", "1.5", "9223372036854775807", "9223372036854775808", $"{random.NextInt64()}"]);

    private static string Value(Random random)
    {
        string value = string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, Pieces)));
        return random.Next(20) == 0 ? string.Concat(Enumerable.Repeat(value, Pick(random, Lengths) / Math.Max(value.Length, 1))) : value;
    }

    private static string Mutate(Random random, string text)
    {
        int at = random.Next(text.Length + 1);
        int end = Math.Min(text.Length, at + random.Next(5));
        return random.Next(4) switch
        {
            0 => text.Insert(at, Pick(random, Pieces)),
            1 => text.Remove(at, end - at),
            2 => text[..at] + text[at..end] + text[at..],
            _ => text[..at] + (char)random.Next(0x10000) + text[end..],
        };
    }

    private static T Pick<T>(Random random, T[] items) => items[random.Next(items.Length)];

    private static string CodeUnit(Match escape) => ((char)int.Parse(escape.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();

    private static string Repeat(Match repeated) => string.Concat(Enumerable.Repeat(repeated.Groups[1].Value, int.Parse(repeated.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"\\u([0-9a-f]{4})")]
    private static partial Regex Escape();

    [GeneratedRegex(@"<([^<>]*)\*(\d+)>")]
    private static partial Regex Repeated();

    [GeneratedRegex("{[a-z_]+}")]
    private static partial Regex Variable();
}
