using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>
/// Represents a builder that joins or leaves the list of a master. It is the resource of the builder's events <c>started</c> and
/// <c>stopped</c>.
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
    public string Name { get; init => field = value ?? ""; } = "";
}
