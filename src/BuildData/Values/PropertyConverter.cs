using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Converts a property to and from its wire form: <c>[value, source]</c>.</summary>
internal sealed class PropertyConverter : JsonConverter<Property>
{
    public static readonly PropertyConverter Instance = new();

    public override Property Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement pair = JsonElement.ParseValue(ref reader);
        if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair[1].GetString() is not { } source)
            throw new JsonException("A property must be a JSON array of its value and its source.");
        try
        {
            return new Property(pair[0], source);
        }
        catch (ArgumentException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, Property value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        value.Value.WriteTo(writer);
        writer.WriteStringValue(value.Source);
        writer.WriteEndArray();
    }
}
