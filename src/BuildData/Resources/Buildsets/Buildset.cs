using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>A set of build requests scheduled at the same time for one reason, sharing source stamps and properties.</summary>
public sealed record Buildset
{
    /// <summary>The buildset's id.</summary>
    [JsonPropertyName("bsid")]
    public long BuildsetId { get; init; }

    /// <summary>The scheduler that asked for it; null where none is named.</summary>
    [JsonPropertyName("scheduler")]
    public string? Scheduler { get; init; }

    /// <summary>Any text by which an outside program recognises it.</summary>
    [JsonPropertyName("external_idstring")]
    public string? ExternalIdString { get; init; }

    /// <summary>Why it was asked for.</summary>
    [JsonPropertyName("reason")]
    public string Reason { get; init; } = "";

    /// <summary>When it was submitted.</summary>
    [JsonPropertyName("submitted_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Whether all its build requests are complete.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>When it became complete; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>
    /// Gets the worst of Success and its requests' results; null until it is complete. Also Success if all its requests were skipped.
    /// </summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>The build that triggered it; null where none did.</summary>
    [JsonPropertyName("parent_buildid")]
    public long? ParentBuildId { get; init; }

    /// <summary>How it relates to the build that triggered it.</summary>
    [JsonPropertyName("parent_relationship")]
    public string? ParentRelationship { get; init; }

    /// <summary>The first build that this is a rebuild of; null where it is none.</summary>
    [JsonPropertyName("rebuilt_buildid")]
    public long? RebuiltBuildId { get; init; }

    /// <summary>What is to be built, by id.</summary>
    [JsonPropertyName("sourcestamps")]
    public IReadOnlyList<SourceStamp> SourceStamps { get; init; } = [];
}
