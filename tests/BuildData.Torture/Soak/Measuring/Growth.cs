using System.Globalization;

namespace BuildData.Torture.Soak.Measuring;

/// <summary>Decides whether a series grows.</summary>
/// <remarks>
/// <para>
/// The warm-up is not examined. The rest has a slope: the median of the slopes between all pairs of readings (Theil–Sen). Up to 29 % of the
/// readings can be anything without an effect on it. The growth is the slope, times the time that is examined.
/// </para>
/// <para>
/// A series grows if three things are true. The growth exceeds the tolerance. The median of the last quarter exceeds that of the first one by
/// more than the tolerance. And the second half alone grows by at least a quarter of the tolerance. So neither a saw-tooth, nor some peaks, nor a
/// cache that has filled up count as growth.
/// </para>
/// <para>
/// The tolerance is that of the gauge. It must exceed what varies without a leak. A slower leak is not found in a short run, but in a longer one:
/// the tolerance is for the whole time that is examined, however long it is.
/// </para>
/// </remarks>
internal static class Growth
{
    /// <summary>The part of the readings that belongs to the warm-up.</summary>
    public const double WarmUp = 0.25;

    /// <summary>The number of readings below which nothing is decided.</summary>
    public const int LeastReadings = 12;

    /// <summary>Returns a sentence that says how much the series grows; null if it does not grow.</summary>
    public static string? Find(Series series)
    {
        Reading[] readings = Examined(series);
        if (readings.Length < LeastReadings)
            return null;

        Gauge gauge = series.Gauge;
        double tolerance = Math.Max(gauge.Tolerance, gauge.RelativeTolerance * Median(readings));
        double growth = Grown(readings);
        double first = Median(readings.AsSpan(0, readings.Length / 4));
        double last = Median(readings.AsSpan(readings.Length - (readings.Length / 4)));
        if (growth <= tolerance || last - first <= tolerance || Grown(readings.AsSpan(readings.Length / 2)) < tolerance / 4)
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{gauge.Name} grows: from {first:N1} to {last:N1} in {readings[^1].Seconds - readings[0].Seconds:N0} s. At most {tolerance:N1} are tolerated.");
    }

    /// <summary>Returns what is examined of a series: all but the warm-up.</summary>
    public static Reading[] Examined(Series series) => [.. series.Readings.Skip((int)(series.Readings.Count * WarmUp))];

    /// <summary>Returns the slope of readings, times their time.</summary>
    public static double Grown(ReadOnlySpan<Reading> readings)
    {
        var slopes = new List<double>(readings.Length * (readings.Length - 1) / 2);
        for (int i = 0; i < readings.Length; i++)
        {
            for (int j = i + 1; j < readings.Length; j++)
                slopes.Add((readings[j].Value - readings[i].Value) / (readings[j].Seconds - readings[i].Seconds));
        }

        return Median(slopes) * (readings[^1].Seconds - readings[0].Seconds);
    }

    /// <summary>Returns the median of the values of readings.</summary>
    public static double Median(ReadOnlySpan<Reading> readings)
    {
        var values = new List<double>(readings.Length);
        foreach (Reading reading in readings)
            values.Add(reading.Value);
        return Median(values);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
