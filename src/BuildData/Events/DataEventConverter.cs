using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Events;

/// <summary>Writes an event in its wire form: sequence number, time, cursor, event name, path and resource.</summary>
internal sealed class DataEventConverter : JsonConverter<DataEvent>
{
    public override DataEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("An event can't be read from JSON. Read its parts with a type of your own.");

    public override void Write(Utf8JsonWriter writer, DataEvent value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sequence", value.Sequence);
        writer.WriteNumber("at", value.At.ToUnixTimeSeconds());
        writer.WriteString("cursor", value.Cursor.ToString());
        writer.WriteString("event", value.Name);
        writer.WriteString("path", value.Path);
        writer.WritePropertyName("resource");
        JsonSerializer.Serialize(writer, value.Resource, value.ResourceJsonType);
        writer.WriteEndObject();
    }
}
