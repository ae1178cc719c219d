namespace BuildData.Benchmarks;

/// <summary>A contender with so many callers in each of its processes, and its results, one for each round.</summary>
internal sealed class PostgreSqlLane(string work, double delay, int processes, string contender, int callers)
{
    public string Work => work;

    /// <summary>Milliseconds for each round trip.</summary>
    public double Delay => delay;

    public int Processes => processes;

    public string Contender => contender;

    /// <summary>Callers in each process.</summary>
    public int Callers => callers;

    /// <summary>Operations a second, of all processes.</summary>
    public List<double> Rates { get; } = [];

    public List<double> P50s { get; } = [];

    public List<double> P99s { get; } = [];

    public double Median => Medians.Of(Rates);

    /// <summary>Milliseconds that half of the operations stayed below.</summary>
    public double P50 => Medians.Of(P50s);

    public double P99 => Medians.Of(P99s);

    public void Add(Latencies latencies, TimeSpan length)
    {
        Rates.Add(latencies.Total / length.TotalSeconds);
        P50s.Add(latencies.Milliseconds(0.5));
        P99s.Add(latencies.Milliseconds(0.99));
    }
}
