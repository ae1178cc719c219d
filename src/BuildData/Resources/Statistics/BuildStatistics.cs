using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents the statistics of the complete builds of a builder, or of those that were completed in one period. Only builds that match
/// the filters of the query count.
/// </summary>
/// <remarks>
/// A median is the value in the middle of all values in order. If the number of values is even, it is the lower of the two in the middle. A
/// 95th percentile is the least value that is not exceeded by 95 percent of the values.
/// </remarks>
public sealed record BuildStatistics
{
    /// <summary>Gets the id of the builder.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>Gets the name of the builder.</summary>
    [JsonPropertyName("builder_name")]
    public string BuilderName { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the time at which the period begins; null if the query has no periods. The builds were completed in this period.</summary>
    [JsonPropertyName("period_start"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>Gets the number of complete builds, at least 1.</summary>
    [JsonPropertyName("builds")]
    public long Builds { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Success"/>.</summary>
    [JsonPropertyName("success")]
    public long Success { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Warnings"/>.</summary>
    [JsonPropertyName("warnings")]
    public long Warnings { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Failure"/>.</summary>
    [JsonPropertyName("failure")]
    public long Failure { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Skipped"/>.</summary>
    [JsonPropertyName("skipped")]
    public long Skipped { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Exception"/>.</summary>
    [JsonPropertyName("exception")]
    public long Exception { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Retry"/>.</summary>
    [JsonPropertyName("retry")]
    public long Retry { get; init; }

    /// <summary>Gets the number of builds with the result <see cref="BuildResult.Cancelled"/>.</summary>
    [JsonPropertyName("cancelled")]
    public long Cancelled { get; init; }

    /// <summary>Gets the median of the duration of the builds, from their start to their end.</summary>
    [JsonPropertyName("median_duration_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan MedianDuration { get; init; }

    /// <summary>Gets the 95th percentile of the duration of the builds.</summary>
    [JsonPropertyName("p95_duration_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan P95Duration { get; init; }

    /// <summary>Gets the median of the queue time of the builds, from the submission of the build request to the start of the build.</summary>
    [JsonPropertyName("median_queue_time_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan MedianQueueTime { get; init; }

    /// <summary>Gets the 95th percentile of the queue time of the builds.</summary>
    [JsonPropertyName("p95_queue_time_s"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan P95QueueTime { get; init; }
}
