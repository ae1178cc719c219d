using System.Globalization;

namespace BuildData.Benchmarks.Logs;

/// <summary>Describes the measurements of logs.</summary>
/// <param name="Steps">How many steps write at the same time.</param>
/// <param name="Lines">How many lines each step writes in a round.</param>
/// <param name="Rounds">How many rounds are measured.</param>
/// <param name="Deep">The number of lines of the log whose first and last pages are compared.</param>
/// <param name="Text">A file with the text of a real log, whose size is compared with gzip; null to leave this out.</param>
/// <param name="Many">How many logs one build gets; 0 to leave this out.</param>
/// <param name="PostgreSql">The connection string of a server, on which a database is made; null for a SQLite file.</param>
internal sealed record LogOptions(int Steps, int Lines, int Rounds, int Deep, string? Text, int Many, string? PostgreSql)
{
    public static LogOptions Parse(string[] arguments)
    {
        var options = new LogOptions(64, 40_000, 5, 1_100_000, null, 0, null);
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--steps" => options with { Steps = int.Parse(value, CultureInfo.InvariantCulture) },
                "--lines" => options with { Lines = int.Parse(value, CultureInfo.InvariantCulture) },
                "--rounds" => options with { Rounds = int.Parse(value, CultureInfo.InvariantCulture) },
                "--deep" => options with { Deep = int.Parse(value, CultureInfo.InvariantCulture) },
                "--text" => options with { Text = Path.GetFullPath(value) },
                "--many" => options with { Many = int.Parse(value, CultureInfo.InvariantCulture) },
                "--postgresql" => options with { PostgreSql = value },
                _ => throw new ArgumentException($"'{arguments[i]}' is unknown."),
            };
        }

        return options;
    }
}
