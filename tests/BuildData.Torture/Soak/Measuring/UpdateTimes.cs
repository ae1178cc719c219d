using System.Diagnostics;

namespace BuildData.Torture.Soak.Measuring;

/// <summary>Measures how long updates take. Can be used from any thread.</summary>
internal sealed class UpdateTimes
{
    private const int LeastTimes = 20;

    private readonly Lock _lock = new();
    private readonly List<double> _times = [];
    private double[] _last = [];

    /// <summary>Gets the gauges. The first of them takes all times since it was last read.</summary>
    /// <remarks>
    /// A reading is the median of many updates, so it hardly varies with single slow commits. Other programs that use the same processor make all of
    /// them slower; therefore much is tolerated. Updates that became slower with each removed build would soon be ten times as slow.
    /// </remarks>
    public IReadOnlyList<Gauge> Gauges =>
    [
        new("update ms, median", () => Take(0.5), Tolerance: 20, RelativeTolerance: 1),
        new("update ms, 99 %", () => Percentile(0.99), Tolerance: 200, RelativeTolerance: 3),
    ];

    /// <summary>Runs an update and measures it.</summary>
    public async Task<T> Measure<T>(Func<Task<T>> update)
    {
        long start = Stopwatch.GetTimestamp();
        T result = await update();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (_lock)
            _times.Add(milliseconds);
        return result;
    }

    private double? Take(double part)
    {
        lock (_lock)
        {
            _last = [.. _times.Order()];
            _times.Clear();
        }

        return Percentile(part);
    }

    private double? Percentile(double part) => _last.Length < LeastTimes ? null : _last[(int)(_last.Length * part)];
}
