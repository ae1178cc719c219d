using System.Globalization;

namespace BuildData.Benchmarks.Web;

/// <summary>The options of the web benchmark.</summary>
internal sealed record WebOptions
{
    public int Rounds { get; init; } = 5;

    public int Seconds { get; init; } = 2;

    public int Sockets { get; init; } = 1_000;

    public int Rate { get; init; } = 5_000;

    public int Builds { get; init; } = 100_000;

    public static WebOptions Parse(string[] args)
    {
        var options = new WebOptions();
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            int value = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            options = args[i] switch
            {
                "--rounds" => options with { Rounds = value },
                "--seconds" => options with { Seconds = value },
                "--sockets" => options with { Sockets = value },
                "--rate" => options with { Rate = value },
                "--builds" => options with { Builds = value },
                _ => throw new ArgumentException($"There is no option {args[i]}."),
            };
        }

        return options;
    }
}
