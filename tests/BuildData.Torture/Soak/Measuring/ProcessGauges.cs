namespace BuildData.Torture.Soak.Measuring;

/// <summary>The gauges of this process. What they tolerate exceeds what varied in runs without a leak.</summary>
internal static class ProcessGauges
{
    private const double Megabyte = 1024 * 1024;

    /// <summary>
    /// Creates the gauges in the order in which they are to be read. The files are counted before the garbage collection, so that finalizers don't
    /// close what the library has forgotten to close.
    /// </summary>
    /// <param name="memoryTolerance">By how many megabytes the heap may grow. The process may grow by more, because the collector keeps room.</param>
    public static IReadOnlyList<Gauge> Create(double memoryTolerance) =>
    [
        new("open files", static () => Directory.GetFiles("/proc/self/fd").Length, Tolerance: 12, RelativeTolerance: 0.1),
        new("threads", static () => Directory.GetDirectories("/proc/self/task").Length, Tolerance: 8, RelativeTolerance: 0.2),
        new("heap MB", static () => CollectedHeap() / Megabyte, memoryTolerance, RelativeTolerance: 0.1),
        new("resident MB", static () => ResidentPages() * Environment.SystemPageSize / Megabyte, memoryTolerance + 32, RelativeTolerance: 0.15),
    ];

    private static double CollectedHeap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static double ResidentPages() => double.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
