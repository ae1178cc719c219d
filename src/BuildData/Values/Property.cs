using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a property: its value, which can be any JSON value, and its source. A tuple of a value and a source converts to a property
/// implicitly: <c>("ann", "Scheduler")</c>, <c>(3, "Force")</c>. Two properties are equal if their sources and values are equal. The
/// numbers <c>1.0</c> and <c>1.00</c> are equal.
/// </summary>
[JsonConverter(typeof(PropertyConverter))]
public sealed class Property : IEquatable<Property>
{
    /// <summary>Creates a property with a JSON value.</summary>
    /// <exception cref="ArgumentException"><paramref name="value"/> is a default <see cref="JsonElement"/> or has more than 64 levels, or <paramref name="source"/> is not well-formed text.</exception>
    public Property(JsonElement value, string source)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            throw new ArgumentException("An undefined JsonElement is not a JSON value.", nameof(value));
        UnicodeText.Check(source, nameof(source));

        Value = JsonCopy.Create(value, "property value", nameof(value));
        Source = source;
    }

    private Property(string source, JsonElement stored)
    {
        Value = stored;
        Source = source;
    }

    /// <summary>Gets the value.</summary>
    public JsonElement Value { get; }

    /// <summary>Gets the source: the name of the scheduler, the step or the person that set the property.</summary>
    public string Source { get; }

    /// <summary>Creates a property from JSON text.</summary>
    /// <exception cref="ArgumentException"><paramref name="json"/> is not valid JSON.</exception>
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
            throw new ArgumentException($"The property value '{json}' is not valid JSON: {error.Message}", nameof(json), error);
        }
    }

    /// <summary>
    /// Creates a property from JSON that was read from the store. Does not check the JSON, because the JSON was checked before it was stored.
    /// </summary>
    internal static Property FromStore(string json, string source) => new(source, JsonElement.Parse(json));

#pragma warning disable CA2225 // The named alternates of these conversions are the constructor and Parse.
    /// <summary>Creates a property with a text value. A null reference stands for the JSON null.</summary>
    public static implicit operator Property((string? Value, string Source) property)
    {
        if (property.Value is { } text)
            UnicodeText.Check(text, nameof(property));
        return new(JsonSerializer.SerializeToElement(property.Value, PropertyJsonContext.Default.String!), property.Source);
    }

    /// <summary>Creates a property with a flag.</summary>
    public static implicit operator Property((bool Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement(property.Value, PropertyJsonContext.Default.Boolean), property.Source);

    /// <summary>Creates a property with a whole number.</summary>
    public static implicit operator Property((int Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement((long)property.Value, PropertyJsonContext.Default.Int64), property.Source);

    /// <summary>Creates a property with a whole number.</summary>
    public static implicit operator Property((long Value, string Source) property) =>
        new(JsonSerializer.SerializeToElement(property.Value, PropertyJsonContext.Default.Int64), property.Source);

    /// <summary>Creates a property with a number.</summary>
    /// <exception cref="ArgumentException">The number is NaN or infinite, which JSON can't represent.</exception>
    public static implicit operator Property((double Value, string Source) property)
    {
        if (!double.IsFinite(property.Value))
            throw new ArgumentException($"The property value '{property.Value}' can't be written as JSON, because it is not a finite number.", nameof(property));
        return new(JsonSerializer.SerializeToElement(property.Value, PropertyJsonContext.Default.Double), property.Source);
    }

    /// <summary>Creates a property with any JSON value.</summary>
    public static implicit operator Property((JsonElement Value, string Source) property) => new(property.Value, property.Source);

    /// <summary>Creates a property with any JSON value. A null reference stands for the JSON null.</summary>
    public static implicit operator Property((JsonNode? Value, string Source) property) =>
        Parse(property.Value?.ToJsonString() ?? "null", property.Source);
#pragma warning restore CA2225

    /// <inheritdoc/>
    public bool Equals(Property? other) =>
        other is not null && Source == other.Source && JsonEquality.AreEqual(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Property);

    // Equal JSON values may have different text (1.0 and 1.00), so the hash includes only the kind of the value.
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Value.ValueKind, Source);

    /// <summary>Returns the wire form, <c>[value, source]</c>.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, PropertyJsonContext.Default.Property);
}
