using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a cursor to and from its wire form, which is the text of <see cref="EventCursor.ToString"/>.</summary>
internal sealed class EventCursorConverter : JsonConverter<EventCursor>
{
    public override EventCursor Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && EventCursor.TryParse(text, out EventCursor cursor) ? cursor : throw new JsonException("The value is not an event cursor.");

    public override void Write(Utf8JsonWriter writer, EventCursor value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
