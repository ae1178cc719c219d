using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents the statistics of the steps with one name, in the complete builds of a builder. Only builds that match the filters of the query
/// count, and only steps that were started and are complete.
/// </summary>
/// <remarks><inheritdoc cref="BuildStatistics" path="/remarks/node()"/></remarks>
public sealed record StepStatistics
{
    /// <summary>Gets the name of the steps.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the number of steps, at least 1.</summary>
    [JsonPropertyName("steps")]
    public long Steps { get; init; }

    /// <summary>Gets the number of steps with the result <see cref="BuildResult.Failure"/>.</summary>
    [JsonPropertyName("failures")]
    public long Failures { get; init; }

    /// <summary>Gets the median of the duration of the steps, from their start to their end.</summary>
    [JsonPropertyName("median_duration_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan MedianDuration { get; init; }

    /// <summary>Gets the 95th percentile of the duration of the steps.</summary>
    [JsonPropertyName("p95_duration_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan P95Duration { get; init; }

    /// <summary>Gets the id of the newest step, which is the one with the highest id.</summary>
    [JsonPropertyName("newest_stepid")]
    public long NewestStepId { get; init; }

    /// <summary>Gets the duration of the newest step.</summary>
    [JsonPropertyName("newest_duration_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan NewestDuration { get; init; }

    /// <summary>
    /// Gets the duration of the newest step divided by the median, rounded down to three decimal places. A step that takes twice as long as
    /// usual has the slowdown 2. Null if the median is 0.
    /// </summary>
    [JsonPropertyName("slowdown"), JsonConverter(typeof(FiniteNumberConverter))]
    public double? Slowdown { get; init; }
}
