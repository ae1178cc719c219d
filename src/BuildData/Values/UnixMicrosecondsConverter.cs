using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a time to and from a JSON number: whole microseconds since 1970. Stores use the same unit.</summary>
internal sealed class UnixMicrosecondsConverter : JsonConverter<DateTimeOffset>
{
    public static readonly UnixMicrosecondsConverter Instance = new();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Timestamp.FromMicroseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Timestamp.ToMicroseconds(value));
}

/// <summary>Converts a time to and from a JSON number: whole microseconds since 1970. Null is converted to and from the JSON null.</summary>
internal sealed class OptionalUnixMicrosecondsConverter : JsonConverter<DateTimeOffset?>
{
    public static readonly OptionalUnixMicrosecondsConverter Instance = new();

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : Timestamp.FromMicroseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time)
            writer.WriteNumberValue(Timestamp.ToMicroseconds(time));
        else
            writer.WriteNullValue();
    }
}
