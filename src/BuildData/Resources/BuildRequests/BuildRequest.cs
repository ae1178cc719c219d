using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>A buildset's demand for one build of one builder.</summary>
public sealed record BuildRequest
{
    /// <summary>The build request's id.</summary>
    [JsonPropertyName("buildrequestid")]
    public long BuildRequestId { get; init; }

    /// <summary>The buildset that the request belongs to.</summary>
    [JsonPropertyName("buildsetid")]
    public long BuildsetId { get; init; }

    /// <summary>The builder that is to build.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>The higher, the sooner it is to be built.</summary>
    [JsonPropertyName("priority")]
    public long Priority { get; init; }

    /// <summary>Whether a master has taken the request up.</summary>
    [JsonPropertyName("claimed")]
    public bool Claimed { get; init; }

    /// <summary>When it was claimed; null where it is not.</summary>
    [JsonPropertyName("claimed_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>The master that claimed it; null where it is not claimed.</summary>
    [JsonPropertyName("claimed_by_masterid")]
    public long? ClaimedByMasterId { get; init; }

    /// <summary>Whether the request has been dealt with.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>When it was dealt with; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>How it ended; null before that.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>When the request was submitted.</summary>
    [JsonPropertyName("submitted_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Whether the build that triggered it waits for its end.</summary>
    [JsonPropertyName("waited_for")]
    public bool WaitedFor { get; init; }

    /// <summary>
    /// Gets the newer build request that this one was skipped for (see <see cref="CollapsePolicy"/>); null if no request replaced
    /// it.
    /// </summary>
    [JsonPropertyName("replaced_by_buildrequestid")]
    public long? ReplacedByBuildRequestId { get; init; }

    /// <summary>The properties of its buildset that the query asked for (<c>property=name</c>, <c>property=*</c>), else null.</summary>
    [JsonPropertyName("properties")]
    public PropertyMap? Properties { get; init; }
}
