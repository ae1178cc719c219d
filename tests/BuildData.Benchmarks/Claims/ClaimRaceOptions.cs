using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Holds the options of the race for build requests.</summary>
internal sealed record ClaimRaceOptions(string? PostgreSql, int Processes, int Workers, int Requests, int Rounds)
{
    public static ClaimRaceOptions Parse(string[] options)
    {
        var result = new ClaimRaceOptions(null, 8, 0, 10_000, 3);
        for (int i = 0; i + 1 < options.Length; i += 2)
        {
            string value = options[i + 1];
            result = options[i] switch
            {
                "--postgresql" => result with { PostgreSql = value },
                "--processes" => result with { Processes = Number(value) },
                "--workers" => result with { Workers = Number(value) },
                "--requests" => result with { Requests = Number(value) },
                "--rounds" => result with { Rounds = Number(value) },
                _ => throw new ArgumentException($"{options[i]} is not an option.", nameof(options)),
            };
        }

        // With SQLite, one process writes.
        result = result.PostgreSql is null ? result with { Processes = 1 } : result;
        return result.Workers > 0 ? result : result with { Workers = result.PostgreSql is null ? 64 : 8 };
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
