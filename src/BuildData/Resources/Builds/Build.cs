using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a build: one run of a builder for a build request.</summary>
public sealed record Build
{
    /// <summary>Gets the build's id.</summary>
    [JsonPropertyName("buildid")]
    public long BuildId { get; init; }

    /// <summary>Gets the build's number within its builder. Numbers start at 1 and have no gaps.</summary>
    [JsonPropertyName("number")]
    public long Number { get; init; }

    /// <summary>Gets the id of the builder that the build belongs to.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>
    /// Gets the name of the builder that the build belongs to. If <see cref="Updates.RenameBuilder"/> changes the name, later queries return
    /// the new name, but no event announces this change of the build.
    /// </summary>
    [JsonPropertyName("builder_name")]
    public string BuilderName { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the id of the build request that the build was started for.</summary>
    [JsonPropertyName("buildrequestid")]
    public long BuildRequestId { get; init; }

    /// <summary>Gets the id of the buildset that the build request belongs to.</summary>
    [JsonPropertyName("buildsetid")]
    public long BuildsetId { get; init; }

    /// <summary>Gets the id of the worker that runs the build; null if the build has no worker.</summary>
    [JsonPropertyName("workerid")]
    public long? WorkerId { get; init; }

    /// <summary>Gets the name of the worker that runs the build; null if the build has no worker.</summary>
    [JsonPropertyName("worker_name")]
    public string? WorkerName { get; init; }

    /// <summary>Gets the id of the master that runs the build.</summary>
    [JsonPropertyName("masterid")]
    public long MasterId { get; init; }

    /// <summary>Gets the time at which the build started.</summary>
    [JsonPropertyName("started_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets whether the build has finished.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>Gets the time at which the build finished; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>
    /// Gets how long the build waited for locks, in whole seconds. The host program defines the locks, for example on test devices.
    /// <see cref="Updates.AddBuildLocksDuration"/> adds to the value.
    /// </summary>
    [JsonPropertyName("locks_duration_s")]
    public long LocksDurationSeconds { get; init; }

    /// <summary>Gets the state string: a text that fits on one line and describes the build's current activity.</summary>
    [JsonPropertyName("state_string")]
    public string StateString { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the build's result; null until the build has finished.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>
    /// Gets the time at which the cancellation of the build was requested; null if no cancellation was requested. The build continues until
    /// the host program ends it. See <see cref="DataApi.CancellationOf"/>.
    /// </summary>
    [JsonPropertyName("cancel_requested_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CancelRequestedAt { get; init; }

    /// <summary>Gets the reason for the cancellation; null if no cancellation was requested.</summary>
    [JsonPropertyName("cancel_reason")]
    public string? CancelReason { get; init; }

    /// <summary>
    /// Gets the build's properties that the query selected, for example with <c>property=*</c>; empty if the query selected no
    /// properties.
    /// </summary>
    [JsonPropertyName("properties")]
    public PropertyMap Properties { get; init => field = value ?? PropertyMap.Empty; } = PropertyMap.Empty;

    /// <summary>
    /// Gets the build's steps in the order of their numbers, if the query includes <c>steps</c>; otherwise null. Events never have them. See
    /// <see cref="Queries.ResultSpec.Include"/>.
    /// </summary>
    [JsonPropertyName("steps"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(EquatableListConverter<Step>))]
    public IReadOnlyList<Step>? Steps { get; init; }

    /// <summary>
    /// Gets the build request that the build was started for, if the query includes <c>buildrequest</c>; otherwise null. Events never have it.
    /// </summary>
    [JsonPropertyName("buildrequest"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BuildRequest? BuildRequest { get; init; }

    /// <summary>
    /// Gets the buildset that the build request belongs to, if the query includes <c>buildset</c>; otherwise null. Events never have it.
    /// </summary>
    [JsonPropertyName("buildset"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Buildset? Buildset { get; init; }
}
