using System.Globalization;
using System.Text.RegularExpressions;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>The inputs with which the targets of paths begin: files of the library and of its tests.</summary>
internal static partial class SeedFiles
{
    /// <summary>Returns a path of each endpoint.</summary>
    public static IEnumerable<string> EndpointPaths() => Lines("Endpoints.txt")
        .Select(line => Parameter().Replace(line.Split(' ')[0], static match => match.Groups[1].Value == "identifier" ? "stdio" : "1"));

    /// <summary>Returns paths that once broke a program.</summary>
    public static IEnumerable<string> NastyPaths() => Lines("nasty-paths.txt")
        .Where(line => !line.StartsWith('#'))
        .Select(line => Repetition().Replace(line, static match => string.Concat(Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))))
        .Select(line => CodeUnit().Replace(line, static match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString()))
        .Where(line => line.Length < 5000);

    /// <summary>Returns texts as inputs.</summary>
    public static IEnumerable<byte[]> ToInputs(this IEnumerable<string> texts) => texts.Select(InputText.FromUtf16);

    private static string[] Lines(string file) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Fuzzing", "Seeds", file));

    [GeneratedRegex(@"\{[^:}]*:([^}]*)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"<([^<>]*)\*([0-9]+)>")]
    private static partial Regex Repetition();

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})")]
    private static partial Regex CodeUnit();
}
