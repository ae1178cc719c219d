namespace BuildData.Torture.Soak;

/// <summary>How fast the load is, and how soon what it writes is removed. Data comes and goes at the same rate after a few times the age.</summary>
internal sealed record SoakSettings
{
    /// <summary>Gets the settings of a run of hours. The load takes about a fifth of a processor.</summary>
    public static SoakSettings Long { get; } = new()
    {
        Age = TimeSpan.FromMinutes(3),
        Pause = TimeSpan.FromMilliseconds(250),
        SampleTime = TimeSpan.FromSeconds(10),
        PrintTime = TimeSpan.FromMinutes(5),
        MemoryTolerance = 2,
    };

    /// <summary>Gets the settings of a run of seconds, in which much happens.</summary>
    public static SoakSettings Short { get; } = new()
    {
        Age = TimeSpan.FromSeconds(1),
        Pause = TimeSpan.FromMilliseconds(15),
        SampleTime = TimeSpan.FromMilliseconds(200),
        PrintTime = TimeSpan.FromSeconds(5),
        MemoryTolerance = 60,
    };

    /// <summary>Gets how long builds are kept after they are complete, and events.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>Gets the mean pause between two acts of a lane.</summary>
    public required TimeSpan Pause { get; init; }

    /// <summary>Gets the time between two readings of the gauges.</summary>
    public required TimeSpan SampleTime { get; init; }

    /// <summary>Gets the time between two lines with readings.</summary>
    public required TimeSpan PrintTime { get; init; }

    /// <summary>
    /// Gets by how many megabytes the heap may grow. Pools and caches that are bounded need some minutes until they are full: answers of the HTTP face,
    /// and arrays for the lines of long logs. So a short run has to tolerate more.
    /// </summary>
    public required double MemoryTolerance { get; init; }
}
