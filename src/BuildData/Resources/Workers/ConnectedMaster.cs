using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a master to which a worker is connected.</summary>
/// <param name="MasterId">The master's id.</param>
public sealed record ConnectedMaster([property: JsonPropertyName("masterid")] long MasterId);
