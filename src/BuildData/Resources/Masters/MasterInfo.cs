using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>A process that claims build requests and runs builds, as the store knows it. <see cref="Master"/> is this process's own.</summary>
public sealed record MasterInfo
{
    /// <summary>The master's id.</summary>
    [JsonPropertyName("masterid")]
    public long MasterId { get; init; }

    /// <summary>The master's name, unique.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>Whether the master has the store open.</summary>
    [JsonPropertyName("active")]
    public bool Active { get; init; }

    /// <summary>Gets when the master last opened or closed the store, or reported that it is there (<see cref="BuildDataOptions.Heartbeat"/>).</summary>
    /// <remarks>A report changes nothing else and is not announced, so a watch shows the time of the last change of <see cref="Active"/>.</remarks>
    [JsonPropertyName("last_active"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset LastActive { get; init; }
}
