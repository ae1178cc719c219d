using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>A machine (or a part of one) that builds run on.</summary>
public sealed record Worker
{
    /// <summary>The worker's id.</summary>
    [JsonPropertyName("workerid")]
    public long WorkerId { get; init; }

    /// <summary>The worker's name, unique (see <see cref="Identifier"/>).</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";
}
