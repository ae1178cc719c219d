using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>A time as whole microseconds since 1970, as stores have it.</summary>
internal sealed class ExactTimeConverter : JsonConverter<DateTimeOffset>
{
    public static readonly ExactTimeConverter Instance = new();

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Timestamp.FromMicroseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Timestamp.ToMicroseconds(value));
}

/// <summary>A time as whole microseconds since 1970, or null.</summary>
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
