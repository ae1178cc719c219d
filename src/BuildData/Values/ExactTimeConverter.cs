using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a time to and from whole microseconds since 1970, as the store holds it.</summary>
internal sealed class ExactTimeConverter : JsonConverter<DateTimeOffset>
{
    public static readonly ExactTimeConverter Instance = new();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Timestamp.FromMicroseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Timestamp.ToMicroseconds(value));
}

/// <summary>Converts a nullable time to and from whole microseconds since 1970.</summary>
internal sealed class ExactOptionalTimeConverter : JsonConverter<DateTimeOffset?>
{
    public static readonly ExactOptionalTimeConverter Instance = new();

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
