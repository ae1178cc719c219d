using System.Globalization;

namespace BuildData.Torture.Soak.Measuring;

/// <summary>Reads gauges again and again, and decides at the end which of them grow.</summary>
/// <param name="gauges">The gauges, in the order in which they are read.</param>
internal sealed class GaugeMonitor(IEnumerable<Gauge> gauges)
{
    private readonly Series[] _series = [.. gauges.Select(gauge => new Series(gauge))];

    /// <summary>Reads all gauges.</summary>
    /// <param name="time">The time since the run began.</param>
    public void Read(TimeSpan time)
    {
        foreach (Series series in _series)
            series.Read(time.TotalSeconds);
    }

    /// <summary>Returns a line with the last readings.</summary>
    public string LastReadings() => string.Join(", ", _series.Where(series => series.Readings.Count > 0).Select(series => $"{series.Gauge.Name}: {Text(series.Readings[^1].Value)}"));

    /// <summary>Returns a line for each series: its values after the warm-up, and by how much it grows.</summary>
    public IEnumerable<string> Summary()
    {
        foreach (Series series in _series)
        {
            Reading[] readings = Growth.Examined(series);
            if (readings.Length > 1)
            {
                yield return $"{series.Gauge.Name}: median {Text(Growth.Median(readings))}, from {Text(readings.Min(reading => reading.Value))} to {Text(readings.Max(reading => reading.Value))}, "
                    + $"grows by {Text(Growth.Grown(readings))}";
            }
        }
    }

    /// <summary>Returns a sentence for each series that grows.</summary>
    public IReadOnlyList<string> FindGrowth() => [.. _series.Select(Growth.Find).OfType<string>()];

    private static string Text(double value) => value.ToString("N2", CultureInfo.InvariantCulture);
}
