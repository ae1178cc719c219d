namespace BuildData.Torture.Soak.Measuring;

/// <summary>What one gauge has shown, in the order of time.</summary>
/// <param name="gauge">The gauge.</param>
internal sealed class Series(Gauge gauge)
{
    private readonly List<Reading> _readings = [];

    /// <summary>Gets the gauge.</summary>
    public Gauge Gauge => gauge;

    /// <summary>Gets all readings.</summary>
    public IReadOnlyList<Reading> Readings => _readings;

    /// <summary>Reads the gauge, if it has anything to show.</summary>
    /// <param name="seconds">The time of the reading, in seconds since the run began.</param>
    public void Read(double seconds)
    {
        if (gauge.Read() is { } value)
            _readings.Add(new Reading(seconds, value));
    }
}

/// <param name="Seconds">The time of the reading, in seconds since the run began.</param>
/// <param name="Value">What the gauge showed.</param>
internal readonly record struct Reading(double Seconds, double Value);
