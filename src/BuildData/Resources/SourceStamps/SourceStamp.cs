using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a version of source code to build.</summary>
public sealed record SourceStamp
{
    /// <summary>Gets the source stamp's id.</summary>
    [JsonPropertyName("ssid")]
    public long SourceStampId { get; init; }

    /// <summary>Gets the branch; null stands for the repository's default branch.</summary>
    [JsonPropertyName("branch")]
    public string? Branch { get; init; }

    /// <summary>Gets the revision; null stands for the newest revision.</summary>
    [JsonPropertyName("revision")]
    public string? Revision { get; init; }

    /// <summary>Gets the repository that holds the code, usually a URL.</summary>
    [JsonPropertyName("repository")]
    public string Repository { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the project that the code belongs to.</summary>
    [JsonPropertyName("project")]
    public string Project { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the codebase: a name that distinguishes the source stamps of one buildset.</summary>
    [JsonPropertyName("codebase")]
    public string Codebase { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the time at which the source stamp was added.</summary>
    [JsonPropertyName("created_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the patch that is applied to the code before the build; null if there is no patch.</summary>
    [JsonPropertyName("patch")]
    public Patch? Patch { get; init; }
}
