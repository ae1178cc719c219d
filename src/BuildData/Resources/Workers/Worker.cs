using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a worker: a machine, or a part of one, that runs builds.</summary>
public record Worker
{
    /// <summary>Gets the worker's id.</summary>
    [JsonPropertyName("workerid")]
    public long WorkerId { get; init; }

    /// <summary>Gets the worker's unique name. It is an <see cref="Identifier"/> without dots.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>
    /// Gets the text from which the name was made, such as the name of a pod; null if the worker was not added by
    /// <see cref="Updates.EnsureWorkerFromTitle"/>.
    /// </summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>Gets whether the worker is paused. A paused worker should not start builds.</summary>
    [JsonPropertyName("paused")]
    public bool Paused { get; init; }

    /// <summary>Gets whether the worker shuts down gracefully: it finishes its builds, and should not start others.</summary>
    [JsonPropertyName("graceful")]
    public bool Graceful { get; init; }

    /// <summary>Gets the reason for the last change of <see cref="Paused"/>; null if none was given.</summary>
    [JsonPropertyName("pause_reason")]
    public string? PauseReason { get; init; }

    /// <summary>Gets what the worker reported when it last connected. It stays when the worker disconnects.</summary>
    [JsonPropertyName("workerinfo")]
    public WorkerInfo WorkerInfo { get; init; } = WorkerInfo.Empty;

    /// <summary>Gets the worker's version: the text <c>version</c> of <see cref="WorkerInfo"/>; null if there is none.</summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Gets the time at which the worker last connected or sent a heartbeat; null before that.</summary>
    /// <remarks>A heartbeat announces no event. Therefore a watch shows a newer time only when something else changes.</remarks>
    [JsonPropertyName("last_seen"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Gets the masters to which the worker is connected, ordered by their ids.</summary>
    /// <remarks>A query below a master returns only this master.</remarks>
    [JsonPropertyName("connected_to")]
    public IReadOnlyList<ConnectedMaster> ConnectedTo { get; init; } = [];

    /// <summary>Gets the builders for which the worker is configured, on each master. They are ordered by builder, then by master.</summary>
    /// <remarks>A query below a master returns only builders of this master. A query below a builder returns only this builder.</remarks>
    [JsonPropertyName("configured_on")]
    public IReadOnlyList<ConfiguredBuilder> ConfiguredOn { get; init; } = [];
}
