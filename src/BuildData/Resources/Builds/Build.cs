using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>One run of a builder for a build request.</summary>
public sealed record Build
{
    /// <summary>The build's id.</summary>
    [JsonPropertyName("buildid")]
    public long BuildId { get; init; }

    /// <summary>The build's number in its builder: from 1, without gaps.</summary>
    [JsonPropertyName("number")]
    public long Number { get; init; }

    /// <summary>The builder that the build is of.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>The build request that the build is for.</summary>
    [JsonPropertyName("buildrequestid")]
    public long BuildRequestId { get; init; }

    /// <summary>The worker that the build runs on; null where there is none.</summary>
    [JsonPropertyName("workerid")]
    public long? WorkerId { get; init; }

    /// <summary>The master that runs the build.</summary>
    [JsonPropertyName("masterid")]
    public long MasterId { get; init; }

    /// <summary>When the build began.</summary>
    [JsonPropertyName("started_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether the build has finished.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>When the build finished; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>How long the build has waited for locks, in whole seconds.</summary>
    [JsonPropertyName("locks_duration_s")]
    public long LocksDurationSeconds { get; init; }

    /// <summary>What the build is doing, sized for one line.</summary>
    [JsonPropertyName("state_string")]
    public string StateString { get; init; } = "";

    /// <summary>How the build ended; null before that.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>The build's properties: those that the query asked for (<c>property=name</c>, <c>property=*</c>), else none.</summary>
    [JsonPropertyName("properties")]
    public PropertyMap Properties { get; init; } = PropertyMap.Empty;
}
