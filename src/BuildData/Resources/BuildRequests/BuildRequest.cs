using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a request to run one build of one builder, for a buildset.</summary>
public sealed record BuildRequest
{
    /// <summary>Gets the build request's id.</summary>
    [JsonPropertyName("buildrequestid")]
    public long BuildRequestId { get; init; }

    /// <summary>Gets the id of the buildset that the request belongs to.</summary>
    [JsonPropertyName("buildsetid")]
    public long BuildsetId { get; init; }

    /// <summary>Gets the id of the builder for which a build is requested.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>Gets the priority. Requests with a higher priority should be built first.</summary>
    [JsonPropertyName("priority")]
    public long Priority { get; init; }

    /// <summary>
    /// Gets whether a master has claimed the request. A claim reserves the request for one master. A completed request stays claimed.
    /// </summary>
    [JsonPropertyName("claimed")]
    public bool Claimed { get; init; }

    /// <summary>Gets the time of the claim; null if the request is not claimed.</summary>
    [JsonPropertyName("claimed_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? ClaimedAt { get; init; }

    /// <summary>Gets the id of the master that has claimed the request; null if the request is not claimed.</summary>
    [JsonPropertyName("claimed_by_masterid")]
    public long? ClaimedByMasterId { get; init; }

    /// <summary>Gets whether the request is complete.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>Gets the time at which the request was completed; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>Gets the result; null until the request is complete.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>Gets the time at which the request was submitted.</summary>
    [JsonPropertyName("submitted_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>Gets whether the build that triggered the request's buildset waits until the buildset is complete.</summary>
    [JsonPropertyName("waited_for")]
    public bool WaitedFor { get; init; }

    /// <summary>
    /// Gets the id of the newer build request that replaced this request (see <see cref="CollapsePolicy"/>); null if this request was not
    /// replaced. A replaced request is complete, with the result <see cref="BuildResult.Skipped"/>.
    /// </summary>
    [JsonPropertyName("replaced_by_buildrequestid")]
    public long? ReplacedByBuildRequestId { get; init; }

    /// <summary>
    /// Gets the time at which the cancellation of the request was requested; null if no cancellation was requested. See
    /// <see cref="Updates.CancelBuildRequests"/>.
    /// </summary>
    [JsonPropertyName("cancel_requested_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Gets the reason for the cancellation; null if no cancellation was requested.</summary>
    [JsonPropertyName("cancel_reason")]
    public string? CancelReason { get; init; }

    /// <summary>
    /// Gets the properties of the request's buildset that the query selected, for example with <c>property=*</c>; null if the query
    /// selected no properties.
    /// </summary>
    [JsonPropertyName("properties")]
    public PropertyMap? Properties { get; init; }

    /// <summary>
    /// Gets the builds for the request in the order of their ids, if the query includes <c>builds</c>; otherwise null. Events never have them. See
    /// <see cref="Queries.ResultSpec.Include"/>.
    /// </summary>
    [JsonPropertyName("builds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(EquatableListConverter<Build>))]
    public IReadOnlyList<Build>? Builds { get; init; }

    /// <summary>
    /// Gets the buildset that the request belongs to, if the query includes <c>buildset</c>; otherwise null. Events never have it.
    /// </summary>
    [JsonPropertyName("buildset"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Buildset? Buildset { get; init; }
}
