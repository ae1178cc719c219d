using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>A named link of a step.</summary>
/// <param name="Name">What the link is shown as.</param>
/// <param name="Url">Where it leads.</param>
public sealed record StepUrl(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("url")] string Url);
