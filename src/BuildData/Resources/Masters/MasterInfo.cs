using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a master: a process that writes to the store, claims build requests and runs builds. <see cref="Master"/> is the API of the
/// current process's own master.
/// </summary>
public sealed record MasterInfo
{
    /// <summary>Gets the master's id.</summary>
    [JsonPropertyName("masterid")]
    public long MasterId { get; init; }

    /// <summary>Gets the master's unique name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Gets whether the master has the store open.</summary>
    /// <remarks>
    /// If a master is killed, it stays active at first. With SQLite, the killed master becomes inactive when another master opens the file
    /// for writing. With every store, <see cref="Updates.ReleaseClaimsOfDeadMasters"/> makes the killed master inactive if its last
    /// heartbeat is too old.
    /// </remarks>
    [JsonPropertyName("active")]
    public bool Active { get; init; }

    /// <summary>Gets the time at which the master last opened the store, closed the store, or sent a heartbeat.</summary>
    /// <remarks>
    /// <para>Each master uses the clock of its own <see cref="BuildDataOptions.TimeProvider"/>. In a store that several masters share, each
    /// active master updates its time at the interval of <see cref="BuildDataOptions.Heartbeat"/>. With SQLite there are no heartbeats.
    /// Therefore the time changes only when the master opens or closes the store.</para>
    /// <para>A heartbeat alone announces no event. Therefore a watch shows a newer time only when <see cref="Active"/> changes.</para>
    /// </remarks>
    [JsonPropertyName("last_active"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset LastActive { get; init; }
}
