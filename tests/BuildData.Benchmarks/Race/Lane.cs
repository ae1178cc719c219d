using System.Diagnostics;

namespace BuildData.Benchmarks;

/// <summary>One contender at one kind of work: it does the work until time is up and says how often.</summary>
internal sealed class Lane(string work, string contender, int callers, Func<int, Func<bool>, Task<long>> run, bool isSlowToWarm = false)
{
    public string Work => work;

    public string Contender => contender;

    public int Callers => callers;

    /// <summary>EF Core's numbers are fair only after four times the others' warm-up.</summary>
    public bool IsSlowToWarm => isSlowToWarm;

    /// <summary>Operations a second, one for each round.</summary>
    public List<double> Rates { get; } = [];

    /// <summary>Bytes allocated for each operation, one for each round.</summary>
    public List<double> Bytes { get; } = [];

    public double Median => Medians.Of(Rates);

    public double MedianBytes => Medians.Of(Bytes);

    public async Task<(double Rate, double Bytes)> Turn(TimeSpan length)
    {
        GC.Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        bool GoOn() => Stopwatch.GetElapsedTime(start) < length;

        long[] done = callers == 1
            ? [await run(0, GoOn)]
            : await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => run(caller, GoOn))));

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long operations = done.Sum();
        return (operations / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)Math.Max(1, operations));
    }
}
