using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>What to race, how often and how long.</summary>
internal sealed record RaceOptions
{
    public HashSet<string> Work { get; init; } = ["w1", "w2", "r1", "r2", "r3", "r4", "e1", "e2", "e3", "prune", "p1", "p2", "p3"];

    /// <summary>Races only the lanes whose contender and number of callers, as in <c>BuildData/64</c>, contains this.</summary>
    public string? Only { get; init; }

    public int Rounds { get; init; } = 5;

    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many old builds there are to remove, in the race beside a removal.</summary>
    public long OldBuilds { get; init; } = 100_000;

    /// <summary>The folder of the scale fixture, where it is to be raced too.</summary>
    public string? Scale { get; init; }

    /// <summary>How to reach a PostgreSQL server where databases can be made, where that is to be raced too.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>Milliseconds that a round trip to the PostgreSQL server is to take longer.</summary>
    public double[] Delays { get; init; } = [0];

    /// <summary>How many processes race on PostgreSQL, for each contender.</summary>
    public int[] Processes { get; init; } = [1];

    /// <summary>How many callers each of these processes has.</summary>
    public int[] Callers { get; init; } = [16, 64];

    public string? Json { get; init; }

    public static RaceOptions Parse(string[] args)
    {
        var options = new RaceOptions();
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            string value = args[i + 1];
            options = args[i] switch
            {
                "--work" => options with { Work = [.. value.Split(',')] },
                "--only" => options with { Only = value },
                "--rounds" => options with { Rounds = int.Parse(value, CultureInfo.InvariantCulture) },
                "--seconds" => options with { Turn = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture)) },
                "--warmup" => options with { WarmUp = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture)) },
                "--builds" => options with { OldBuilds = long.Parse(value, CultureInfo.InvariantCulture) },
                "--scale" => options with { Scale = value },
                "--postgresql" => options with { PostgreSql = value },
                "--delay" => options with { Delays = [.. value.Split(',').Select(x => double.Parse(x, CultureInfo.InvariantCulture))] },
                "--processes" => options with { Processes = [.. value.Split(',').Select(x => int.Parse(x, CultureInfo.InvariantCulture)).Order()] },
                "--callers" => options with { Callers = [.. value.Split(',').Select(x => int.Parse(x, CultureInfo.InvariantCulture))] },
                "--json" => options with { Json = value },
                _ => throw new ArgumentException($"There is no option '{args[i]}'."),
            };
        }

        return options;
    }
}
