using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>A kind of build that is run again and again, such as "linux, release".</summary>
public sealed record Builder
{
    /// <summary>The builder's id.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>The builder's name, any text, unique.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>What the builder is for.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>The format of <see cref="Description"/>, such as <c>markdown</c>.</summary>
    [JsonPropertyName("description_format")]
    public string? DescriptionFormat { get; init; }

    /// <summary>The description as HTML.</summary>
    [JsonPropertyName("description_html")]
    public string? DescriptionHtml { get; init; }

    /// <summary>The project that the builder belongs to.</summary>
    [JsonPropertyName("projectid")]
    public long? ProjectId { get; init; }

    /// <summary>Words by which builders are grouped, in the order given.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The masters that are configured to run the builder. No update method sets it yet, so it is empty.</summary>
    [JsonPropertyName("masterids")]
    public IReadOnlyList<long> MasterIds { get; init; } = [];
}
