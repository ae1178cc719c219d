using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a builder for which a worker is configured on a master.</summary>
/// <param name="BuilderId">The builder's id.</param>
/// <param name="MasterId">The master's id.</param>
public sealed record ConfiguredBuilder(
    [property: JsonPropertyName("builderid")] long BuilderId,
    [property: JsonPropertyName("masterid")] long MasterId);
