using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// The value of a property (any JSON) and where it came from. A tuple of value and source converts to it:
/// <c>("ann", "Scheduler")</c>, <c>(3, "Force")</c>. Equal when value and source are, whatever the spelling of the JSON.
/// </summary>
[JsonConverter(typeof(PropertyConverter))]
public sealed class Property : IEquatable<Property>
{
    /// <summary>A property of a JSON value.</summary>
    /// <exception cref="ArgumentException"><paramref name="value"/> is a default <see cref="JsonElement"/> or is nested more than 64 deep, or <paramref name="source"/> is not well-formed text.</exception>
    public Property(JsonElement value, string source)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            throw new ArgumentException("An undefined JsonElement is no JSON value.", nameof(value));
        UnicodeText.Check(source, nameof(source));

        Value = Normalize(value);
        Source = source;
    }

    private Property(string source, JsonElement stored)
    {
        Value = stored;
        Source = source;
    }

    /// <summary>The value.</summary>
    public JsonElement Value { get; }

    /// <summary>What set it: the name of a scheduler, a step, a person.</summary>
    public string Source { get; }

    /// <summary>A property from JSON text.</summary>
    /// <exception cref="ArgumentException"><paramref name="json"/> is no JSON.</exception>
    public static Property Parse(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        UnicodeText.Check(json, nameof(json));
        try
        {
            return new Property(JsonElement.Parse(json), source);
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The property value '{json}' is no JSON: {error.Message}", nameof(json), error);
        }
    }

    /// <summary>A property as the store gave it back: it was checked when it was stored.</summary>
    internal static Property FromStore(string json, string source) => new(source, JsonElement.Parse(json));

#pragma warning disable CA2225 // The named alternates of these conversions are the constructor and Parse.
    /// <summary>A text.</summary>
    public static implicit operator Property((string? Value, string Source) property)
    {
        if (property.Value is { } text)
            UnicodeText.Check(text, nameof(property));
        return new(JsonSerializer.SerializeToElement(property.Value, ValueJson.Default.String!), property.Source);
    }

    /// <summary>A flag.</summary>
    public static implicit operator Property((bool Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement(property.Value, ValueJson.Default.Boolean), property.Source);

    /// <summary>A whole number.</summary>
    public static implicit operator Property((int Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement((long)property.Value, ValueJson.Default.Int64), property.Source);

    /// <summary>A whole number.</summary>
    public static implicit operator Property((long Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement(property.Value, ValueJson.Default.Int64), property.Source);

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentException">JSON has no such number (NaN, an infinity).</exception>
    public static implicit operator Property((double Value, string Source) property)
    {
        if (!double.IsFinite(property.Value))
            throw new ArgumentException($"The property value '{property.Value}' is no JSON: it is not a finite number.", nameof(property));
        return new(JsonSerializer.SerializeToElement(property.Value, ValueJson.Default.Double), property.Source);
    }

    /// <summary>Any JSON.</summary>
    public static implicit operator Property((JsonElement Value, string Source) property) => new(property.Value, property.Source);

    /// <summary>Any JSON; null stands for the JSON null.</summary>
    public static implicit operator Property((JsonNode? Value, string Source) property) =>
        Parse(property.Value?.ToJsonString() ?? "null", property.Source);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public bool Equals(Property? other) =>
        other is not null && Source == other.Source && JsonElement.DeepEquals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Property);

    // Equal JSON may be spelled in several ways (1.0 and 1.00), so only the kind of value is taken in.
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value.ValueKind, Source);

    /// <summary>The wire form, <c>[value, source]</c>.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, ValueJson.Default.Property);

    // An element may come from a document that is pooled, or that was read more leniently (comments, trailing commas) than what
    // is stored will be.
    private static JsonElement Normalize(JsonElement value)
    {
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
                value.WriteTo(writer);
            return JsonElement.Parse(buffer.WrittenSpan);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"The property value '{value.GetRawText()}' is no JSON: {error.Message}", nameof(value), error);
        }
    }
}
