using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a named link of a step.</summary>
/// <param name="Name">The link's text.</param>
/// <param name="Url">The link's address.</param>
public sealed record StepUrl(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("url")] string Url);
