using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildData.Resources.Workers;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents the information that a worker reports about itself when it connects. The information is a JSON object, for example with the
/// name of the machine and the version of the worker. Two values are equal if their JSON objects are equal. Immutable and thread-safe.
/// </summary>
[JsonConverter(typeof(WorkerInfoConverter))]
public sealed class WorkerInfo : IEquatable<WorkerInfo>
{
    private WorkerInfo(JsonElement json) => Json = json;

    /// <summary>Gets the information without any members. A worker that has never connected has this information.</summary>
    public static WorkerInfo Empty { get; } = new(JsonElement.Parse("{}"));

    /// <summary>Gets the JSON object.</summary>
    public JsonElement Json { get; }

    /// <summary>Gets the text of the member <c>version</c>; null if there is no such member, or if it is not a text.</summary>
    public string? Version => FindText("version");

    /// <summary>Creates the information from a JSON object.</summary>
    /// <exception cref="ArgumentException">The value is not an object, has more than 64 levels, or is not valid Unicode.</exception>
    public static WorkerInfo FromJsonElement(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new ArgumentException("The information about a worker must be a JSON object.", nameof(json));
        UnicodeText.Check(json.GetRawText(), nameof(json));
        return new WorkerInfo(JsonCopy.Create(json, "information about a worker", nameof(json)));
    }

    /// <summary>Creates the information from a JSON object.</summary>
    /// <exception cref="ArgumentException">The object has more than 64 levels, or is not valid Unicode.</exception>
    public static WorkerInfo FromJsonObject(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Parse(json.ToJsonString());
    }

    /// <summary>Creates the information from the text of a JSON object.</summary>
    /// <exception cref="ArgumentException"><paramref name="json"/> is not a JSON object, or is not valid Unicode.</exception>
    public static WorkerInfo Parse(string json)
    {
        UnicodeText.Check(json, nameof(json));
        try
        {
            return FromJsonElement(JsonElement.Parse(json));
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The information about a worker '{json}' is not valid JSON: {error.Message}", nameof(json), error);
        }
    }

    /// <summary>Creates the information from a JSON object.</summary>
    public static implicit operator WorkerInfo(JsonElement json) => FromJsonElement(json);

    /// <summary>Creates the information from a JSON object.</summary>
    public static implicit operator WorkerInfo(JsonObject json) => FromJsonObject(json);

    /// <summary>Returns the text of a member; null if there is no such member, or if it is not a text.</summary>
    public string? FindText(string member) =>
        Json.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <inheritdoc/>
    public bool Equals(WorkerInfo? other) => other is not null && JsonEquality.AreEqual(Json, other.Json);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as WorkerInfo);

    // Equal objects may have different text, so the hash includes only the number of members.
    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetPropertyCount();

    /// <summary>Returns the JSON text.</summary>
    public override string ToString() => Json.GetRawText();

    /// <summary>Creates the information from JSON that was checked before it was stored.</summary>
    internal static WorkerInfo FromStore(string? json) => json is null or "{}" ? Empty : new WorkerInfo(JsonElement.Parse(json));
}
