using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>A change to be applied to a source stamp's code before it is built.</summary>
public sealed record Patch
{
    /// <summary>The patch's id.</summary>
    [JsonPropertyName("patchid")]
    public long PatchId { get; init; }

    /// <summary>How many leading folders to strip from the patch's file names.</summary>
    [JsonPropertyName("level")]
    public long Level { get; init; }

    /// <summary>The folder to apply it in; null stands for the root.</summary>
    [JsonPropertyName("subdir")]
    public string? Subdir { get; init; }

    /// <summary>Who wrote it.</summary>
    [JsonPropertyName("author")]
    public string Author { get; init; } = "";

    /// <summary>What it is for.</summary>
    [JsonPropertyName("comment")]
    public string Comment { get; init; } = "";

    /// <summary>The patch itself.</summary>
    [JsonPropertyName("body")]
    public string Body { get; init; } = "";
}
