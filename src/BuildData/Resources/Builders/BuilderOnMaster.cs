using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>
/// Represents that a builder joins or leaves the list of a master. The events <c>started</c> and <c>stopped</c> of a builder contain it.
/// </summary>
public sealed record BuilderOnMaster
{
    /// <summary>Gets the builder's id.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>Gets the master's id.</summary>
    [JsonPropertyName("masterid")]
    public long MasterId { get; init; }

    /// <summary>Gets the builder's name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
}
