using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Holds the options of the benchmark of queries.</summary>
internal sealed record QueriesOptions
{
    /// <summary>Gets how many steps the large history has.</summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Gets how many steps the small history has.</summary>
    public long Small { get; init; } = 10_000;

    /// <summary>Gets the connection string of a PostgreSQL server where databases can be created; null for SQLite.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>
    /// Gets where the histories are kept for later calls: a folder, or with PostgreSQL the beginning of the names of the databases. If null,
    /// they are removed at the end.
    /// </summary>
    public string? Keep { get; init; }

    /// <summary>Gets a part of a path. Only paths that contain it are measured.</summary>
    public string? Only { get; init; }

    /// <summary>Gets the minimum number of measured runs of each query.</summary>
    public int Runs { get; init; } = 15;

    public static QueriesOptions Parse(string[] args)
    {
        var options = new QueriesOptions();
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            string value = args[i + 1];
            options = args[i] switch
            {
                "--steps" => options with { Steps = long.Parse(value, CultureInfo.InvariantCulture) },
                "--small" => options with { Small = long.Parse(value, CultureInfo.InvariantCulture) },
                "--postgresql" => options with { PostgreSql = value },
                "--keep" => options with { Keep = value },
                "--only" => options with { Only = value },
                "--runs" => options with { Runs = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"There is no option '{args[i]}'."),
            };
        }

        return options;
    }
}
