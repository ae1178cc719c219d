using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a time to and from a JSON number: whole microseconds since 1970. Stores use the same unit.</summary>
internal sealed class UnixMicrosecondsConverter : JsonConverter<DateTimeOffset>
{
    public static readonly UnixMicrosecondsConverter Instance = new();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Timestamp.ToMicroseconds(value));

    /// <summary>Reads a time.</summary>
    /// <exception cref="JsonException">The number is not a time.</exception>
    public static DateTimeOffset Read(ref Utf8JsonReader reader) =>
        reader.GetInt64() is var microseconds && Timestamp.IsInRange(microseconds)
            ? Timestamp.FromMicroseconds(microseconds)
            : throw new JsonException("The time is not between the years 1 and 9999.");
}

/// <summary>Converts a time to and from a JSON number: whole microseconds since 1970. Null is converted to and from the JSON null.</summary>
internal sealed class OptionalUnixMicrosecondsConverter : JsonConverter<DateTimeOffset?>
{
    public static readonly OptionalUnixMicrosecondsConverter Instance = new();

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : UnixMicrosecondsConverter.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteNumberValue(Timestamp.ToMicroseconds(time));
        else
            writer.WriteNullValue();
    }
}
