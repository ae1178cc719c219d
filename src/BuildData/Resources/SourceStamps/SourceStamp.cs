using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>A version of source code that is to be built.</summary>
public sealed record SourceStamp
{
    /// <summary>The source stamp's id.</summary>
    [JsonPropertyName("ssid")]
    public long SourceStampId { get; init; }

    /// <summary>The branch; null stands for the repository's default.</summary>
    [JsonPropertyName("branch")]
    public string? Branch { get; init; }

    /// <summary>The revision; null stands for the newest.</summary>
    [JsonPropertyName("revision")]
    public string? Revision { get; init; }

    /// <summary>Where the code is.</summary>
    [JsonPropertyName("repository")]
    public string Repository { get; init; } = "";

    /// <summary>The project that the code belongs to.</summary>
    [JsonPropertyName("project")]
    public string Project { get; init; } = "";

    /// <summary>Which of a buildset's several bodies of code this is.</summary>
    [JsonPropertyName("codebase")]
    public string Codebase { get; init; } = "";

    /// <summary>When it was first named.</summary>
    [JsonPropertyName("created_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>A change to be applied to the code before it is built; null where there is none.</summary>
    [JsonPropertyName("patch")]
    public Patch? Patch { get; init; }
}
