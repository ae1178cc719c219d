using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents all lines of a log as a file.</summary>
public sealed record RawLog
{
    /// <summary>
    /// Gets all lines. The lines of a <see cref="LogType.Stdio"/> log come without their stream letters, after three lines with the names of the
    /// builder and the worker and the number of the build.
    /// </summary>
    [JsonPropertyName("raw")]
    public string Raw { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the media type: <c>text/html</c> for a <see cref="LogType.Html"/> log, otherwise <c>text/plain</c>.</summary>
    [JsonPropertyName("mime_type")]
    public string MimeType { get; init => field = value ?? "text/plain"; } = "text/plain";

    /// <summary>
    /// Gets a name for the file, such as <c>linux_build_3_step_compile_log_stdio</c>. Names of builders can contain any character. Null if the
    /// log is shown in a page (<c>raw_inline</c>).
    /// </summary>
    [JsonPropertyName("filename")]
    public string? Filename { get; init; }
}
