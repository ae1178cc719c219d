using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>
/// Converts a property map to and from its wire form: a JSON object with a member <c>"name": [value, source]</c> for each property. A map
/// that is created from JSON is read-only.
/// </summary>
internal sealed class PropertyMapConverter : JsonConverter<PropertyMap>
{
    public override PropertyMap Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Properties must be a JSON object.");

        var map = new PropertyMap();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            map[name] = PropertyConverter.Instance.Read(ref reader, typeof(Property), options);
        }

        return map.Freeze();
    }

    public override void Write(Utf8JsonWriter writer, PropertyMap value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((string name, Property property) in value)
        {
            writer.WritePropertyName(name);
            PropertyConverter.Instance.Write(writer, property, options);
        }

        writer.WriteEndObject();
    }
}
