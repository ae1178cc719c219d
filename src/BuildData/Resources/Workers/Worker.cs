using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a worker: a machine, or a part of one, that runs builds.</summary>
public sealed record Worker
{
    /// <summary>Gets the worker's id.</summary>
    [JsonPropertyName("workerid")]
    public long WorkerId { get; init; }

    /// <summary>Gets the worker's unique name. It is an <see cref="Identifier"/>.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
}
