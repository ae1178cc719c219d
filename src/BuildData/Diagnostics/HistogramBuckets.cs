using System.Diagnostics.Metrics;

namespace BuildData.Diagnostics;

/// <summary>
/// Lists the bucket boundaries that the histograms recommend to metrics listeners. The default boundaries of listeners usually begin at 5
/// seconds, but most updates take less than 10 ms.
/// </summary>
internal static class HistogramBuckets
{
    /// <summary>Gets the boundaries for updates and queries, in seconds.</summary>
    public static readonly InstrumentAdvice<double> Operations = new()
    {
        HistogramBucketBoundaries = [0.00002, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    /// <summary>Gets the boundaries for the number of updates in a transaction.</summary>
    public static readonly InstrumentAdvice<int> BatchSizes = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] };

    /// <summary>Gets the boundaries for builds and their time in the queue, in seconds: from a second to a day.</summary>
    public static readonly InstrumentAdvice<double> Builds = new()
    {
        HistogramBucketBoundaries = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400],
    };
}
