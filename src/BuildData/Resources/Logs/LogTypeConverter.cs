using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Resources.Logs;

/// <summary>Converts the type of a log to and from its wire form: one letter.</summary>
internal sealed class LogTypeConverter : JsonConverter<LogType>
{
    public override LogType Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && LogTypeLetters.Find(reader.GetString()!) is { } type
            ? type
            : throw new JsonException("The type of a log is t, s, h or d.");

    public override void Write(Utf8JsonWriter writer, LogType value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LogTypeLetters.ToLetter(value));
}
