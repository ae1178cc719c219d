using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a log of a step, such as the output of a compiler. <see cref="LogContents"/> has its lines.</summary>
public sealed record StepLog
{
    /// <summary>Gets the log's id.</summary>
    [JsonPropertyName("logid")]
    public long LogId { get; init; }

    /// <summary>Gets the log's name. Several logs of a step can have the same name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the name that identifies the log in paths. No other log of the step has the same slug. The slug is made from the name.</summary>
    [JsonPropertyName("slug")]
    public string Slug { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the id of the step that the log belongs to.</summary>
    [JsonPropertyName("stepid")]
    public long StepId { get; init; }

    /// <summary>Gets the id of the build that the step belongs to.</summary>
    [JsonPropertyName("buildid")]
    public long BuildId { get; init; }

    /// <summary>Gets whether the log is finished. A finished log gets no more lines.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>Gets the time at which the log was finished; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>Gets the number of lines. It stays when the content is removed.</summary>
    [JsonPropertyName("num_lines")]
    public long NumLines { get; init; }

    /// <summary>Gets the size of the lines in UTF-8, in bytes. It stays when the content is removed.</summary>
    [JsonPropertyName("num_bytes")]
    public long NumBytes { get; init; }

    /// <summary>
    /// Gets how many sequences of bytes that were not valid UTF-8, and how many surrogates without their pairs, were replaced with U+FFFD.
    /// </summary>
    [JsonPropertyName("num_replaced")]
    public long NumReplaced { get; init; }

    /// <summary>Gets what the lines contain.</summary>
    [JsonPropertyName("type")]
    public LogType Type { get; init; }
}
