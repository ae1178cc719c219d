using System.Globalization;

namespace BuildData.Benchmarks.Copying;

/// <summary>Describes a measured copy.</summary>
/// <param name="Builds">The number of builds of the source. Each has ten steps.</param>
/// <param name="Kills">How often the copying process is killed.</param>
/// <param name="Folder">The folder of the SQLite files. The source stays there, for the next run.</param>
/// <param name="PostgreSql">The connection string of a server, on which a database is made for the target; null for a SQLite file as target.</param>
internal sealed record CopyOptions(long Builds, int Kills, string Folder, string? PostgreSql)
{
    public static CopyOptions Parse(string[] arguments)
    {
        var options = new CopyOptions(100_000, 5, Path.Combine(Path.GetTempPath(), "builddata-copy"), null);
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            options = arguments[i] switch
            {
                "--builds" => options with { Builds = long.Parse(value, CultureInfo.InvariantCulture) },
                "--kills" => options with { Kills = int.Parse(value, CultureInfo.InvariantCulture) },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--postgresql" => options with { PostgreSql = value },
                _ => throw new ArgumentException($"'{arguments[i]}' is unknown."),
            };
        }

        return options;
    }
}
