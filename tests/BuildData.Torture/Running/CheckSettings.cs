namespace BuildData.Torture.Running;

/// <summary>How long a check runs, and with which random numbers.</summary>
internal sealed record CheckSettings
{
    /// <summary>Gets the number that all random choices come from.</summary>
    public required int Seed { get; init; }

    /// <summary>Gets the number of rounds after which the check ends; null if only the time ends it.</summary>
    public long? Rounds { get; init; }

    /// <summary>Gets the time after which no round begins; null if only the number of rounds ends the check.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets which part of the check to run, for a check that has parts; null for all.</summary>
    public string? Only { get; init; }
}
