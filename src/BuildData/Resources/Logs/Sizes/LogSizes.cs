using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents the sizes of the logs of a builder. Only logs that match the filters of the query count.</summary>
public sealed record LogSizes
{
    /// <summary>Gets the id of the builder.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>Gets the name of the builder.</summary>
    [JsonPropertyName("builder_name")]
    public string BuilderName { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the number of logs, at least 1.</summary>
    [JsonPropertyName("logs")]
    public long Logs { get; init; }

    /// <summary>Gets the number of lines of the logs, including those whose content was removed.</summary>
    [JsonPropertyName("num_lines")]
    public long NumLines { get; init; }

    /// <summary>Gets the size of the lines in UTF-8, in bytes, including those whose content was removed.</summary>
    [JsonPropertyName("num_bytes")]
    public long NumBytes { get; init; }

    /// <summary>
    /// Gets the size of the lines as they are stored now, in bytes. They are compressed. Lines outside the database
    /// (<see cref="BuildDataOptions.StoreLogsIn"/>) count too. Removed lines don't.
    /// </summary>
    [JsonPropertyName("stored_bytes")]
    public long StoredBytes { get; init; }
}
