using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a set of build requests that were submitted together and share the source stamps, the properties and the reason.</summary>
public sealed record Buildset
{
    /// <summary>Gets the buildset's id.</summary>
    [JsonPropertyName("bsid")]
    public long BuildsetId { get; init; }

    /// <summary>Gets the scheduler that submitted the buildset; null if it is not known.</summary>
    [JsonPropertyName("scheduler")]
    public string? Scheduler { get; init; }

    /// <summary>Gets the text that identifies the buildset to an external program; null if there is none.</summary>
    [JsonPropertyName("external_idstring")]
    public string? ExternalIdString { get; init; }

    /// <summary>Gets the reason for the buildset.</summary>
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    /// <summary>Gets the time at which the buildset was submitted.</summary>
    [JsonPropertyName("submitted_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Gets whether all build requests of the buildset are complete.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>Gets the time at which the buildset became complete; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>
    /// Gets the worst of Success and the requests' results; null until the buildset is complete. If all requests were skipped, it is Success.
    /// </summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>Gets the id of the build that triggered the buildset; null if there is none.</summary>
    [JsonPropertyName("parent_buildid")]
    public long? ParentBuildId { get; init; }

    /// <summary>Gets the relationship to the build that triggered the buildset.</summary>
    [JsonPropertyName("parent_relationship")]
    public string? ParentRelationship { get; init; }

    /// <summary>Gets the id of the original build if the buildset is a rebuild; otherwise null.</summary>
    [JsonPropertyName("rebuilt_buildid")]
    public long? RebuiltBuildId { get; init; }

    /// <summary>Gets the source stamps to build, ordered by id.</summary>
    [JsonPropertyName("sourcestamps")]
    public IReadOnlyList<SourceStamp> SourceStamps { get; init; } = [];
}
