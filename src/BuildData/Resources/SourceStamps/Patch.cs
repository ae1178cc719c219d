using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a patch: a change that is applied to a source stamp's code before the build.</summary>
public sealed record Patch
{
    /// <summary>Gets the patch's id.</summary>
    [JsonPropertyName("patchid")]
    public long PatchId { get; init; }

    /// <summary>Gets the number of leading folders to strip from the file names in the patch.</summary>
    [JsonPropertyName("level")]
    public long Level { get; init; }

    /// <summary>Gets the folder in which to apply the patch; null stands for the root folder of the source code.</summary>
    [JsonPropertyName("subdir")]
    public string? Subdir { get; init; }

    /// <summary>Gets the author of the patch.</summary>
    [JsonPropertyName("author")]
    public string Author { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the author's comment on the patch.</summary>
    [JsonPropertyName("comment")]
    public string Comment { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the text of the patch.</summary>
    [JsonPropertyName("body")]
    public string Body { get; init => field = value ?? ""; } = "";
}
