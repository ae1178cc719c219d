using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents build requests that were submitted together. They have the same source stamps, properties and reason.</summary>
public sealed record Buildset
{
    /// <summary>Gets the buildset's id.</summary>
    [JsonPropertyName("bsid")]
    public long BuildsetId { get; init; }

    /// <summary>Gets the name of the scheduler that submitted the buildset; null if it is not known.</summary>
    [JsonPropertyName("scheduler")]
    public string? Scheduler { get; init; }

    /// <summary>Gets the text that identifies the buildset to an external program; null if there is no such text.</summary>
    [JsonPropertyName("external_idstring")]
    public string? ExternalIdString { get; init; }

    /// <summary>Gets the reason for the buildset.</summary>
    [JsonPropertyName("reason")]
    public string Reason { get; init => field = value ?? ""; } = "";

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
    /// Gets the buildset's result; null until the buildset is complete. The result is the worst of Success and the results of the build
    /// requests (see <see cref="BuildResultExtensions.Worst"/>).
    /// </summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>Gets the id of the build that triggered the buildset; null if no build did.</summary>
    [JsonPropertyName("parent_buildid")]
    public long? ParentBuildId { get; init; }

    /// <summary>Gets a text that describes the relationship to the build that triggered the buildset; null if there is no such text.</summary>
    [JsonPropertyName("parent_relationship")]
    public string? ParentRelationship { get; init; }

    /// <summary>Gets the id of the original build if the buildset is a rebuild; otherwise null.</summary>
    [JsonPropertyName("rebuilt_buildid")]
    public long? RebuiltBuildId { get; init; }

    /// <summary>Gets the source stamps to build, ordered by id.</summary>
    [JsonPropertyName("sourcestamps"), JsonConverter(typeof(EquatableListConverter<SourceStamp>))]
    public IReadOnlyList<SourceStamp> SourceStamps { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Gets the buildset's build requests in the order of their ids, if the query includes <c>buildrequests</c>; otherwise null. Events never have
    /// them. See <see cref="Queries.ResultSpec.Include"/>.
    /// </summary>
    [JsonPropertyName("buildrequests"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(EquatableListConverter<BuildRequest>))]
    public IReadOnlyList<BuildRequest>? BuildRequests { get; init; }

    /// <summary>
    /// Gets the builds for the buildset's build requests in the order of their ids, if the query includes <c>builds</c>; otherwise null. Events
    /// never have them.
    /// </summary>
    [JsonPropertyName("builds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(EquatableListConverter<Build>))]
    public IReadOnlyList<Build>? Builds { get; init; }

    /// <summary>
    /// Gets the buildset's properties if the query includes <c>properties</c>; otherwise null. Events never have them.
    /// </summary>
    [JsonPropertyName("properties"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PropertyMap? Properties { get; init; }
}
