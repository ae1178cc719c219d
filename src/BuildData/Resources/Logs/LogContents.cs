using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents whole lines of a log.</summary>
public sealed record LogContents
{
    /// <summary>Gets the log's id.</summary>
    [JsonPropertyName("logid")]
    public long LogId { get; init; }

    /// <summary>Gets the number of the first line. The first line of a log is 0.</summary>
    [JsonPropertyName("firstline")]
    public long FirstLine { get; init; }

    /// <summary>
    /// Gets the lines, each ended by <c>\n</c>. In a <see cref="LogType.Stdio"/> log, the first character of each line is its stream. Empty if
    /// the log has no such lines, or if its content was removed.
    /// </summary>
    [JsonPropertyName("content")]
    public string Content { get; init => field = value ?? ""; } = "";
}
