using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a worker, which runs builds. A worker is a machine, or a part of a machine such as a container.</summary>
public record Worker
{
    /// <summary>Gets the worker's id.</summary>
    [JsonPropertyName("workerid")]
    public long WorkerId { get; init; }

    /// <summary>Gets the worker's unique name. It is an <see cref="Identifier"/> without dots.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Gets the text from which the worker's name was made, such as the name of a pod. Null if the worker was not added by
    /// <see cref="Updates.EnsureWorkerFromTitle"/>.
    /// </summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>Gets whether the worker is paused. A paused worker should not start builds.</summary>
    [JsonPropertyName("paused")]
    public bool Paused { get; init; }

    /// <summary>
    /// Gets whether the worker shuts down gracefully. Such a worker finishes its running builds, and should not start other builds.
    /// </summary>
    [JsonPropertyName("graceful")]
    public bool Graceful { get; init; }

    /// <summary>Gets the reason that was passed to the last call of <see cref="Updates.SetWorkerPaused"/>; null if no reason was passed.</summary>
    [JsonPropertyName("pause_reason")]
    public string? PauseReason { get; init; }

    /// <summary>Gets the information that the worker reported when it last connected. The information stays when the worker disconnects.</summary>
    [JsonPropertyName("workerinfo")]
    public WorkerInfo WorkerInfo { get; init => field = value ?? WorkerInfo.Empty; } = WorkerInfo.Empty;

    /// <summary>
    /// Gets the worker's version: the text of the member <c>version</c> of <see cref="WorkerInfo"/>. Null if there is no such text.
    /// </summary>
    [JsonPropertyName("version")]
    public string? Version { get; init; }

    /// <summary>Gets the time at which the worker last connected or sent a heartbeat; null if the worker has never done so.</summary>
    /// <remarks>A heartbeat announces no event. Therefore a watch shows a newer time only when another attribute of the worker changes.</remarks>
    [JsonPropertyName("last_seen"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>Gets the masters to which the worker is connected, ordered by their ids.</summary>
    /// <remarks>If the path of the query names a master, the list contains only this master.</remarks>
    [JsonPropertyName("connected_to"), JsonConverter(typeof(EquatableListConverter<ConnectedMaster>))]
    public IReadOnlyList<ConnectedMaster> ConnectedTo { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Gets the pairs of a builder and a master for which the worker is configured. The pairs are ordered by builder, and then by master.
    /// </summary>
    /// <remarks>
    /// If the path of the query names a master, a builder or both, the list contains only the pairs with that master and that builder.
    /// </remarks>
    [JsonPropertyName("configured_on"), JsonConverter(typeof(EquatableListConverter<ConfiguredBuilder>))]
    public IReadOnlyList<ConfiguredBuilder> ConfiguredOn { get; init => field = value ?? []; } = [];
}
