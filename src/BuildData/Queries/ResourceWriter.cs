using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;

namespace BuildData.Queries;

/// <summary>Writes resources of one type as JSON in the wire form. If a query selects fields, writes only these. Immutable and thread-safe.</summary>
internal sealed class ResourceWriter(ResourceDefinition type, ResultSpec spec)
{
    private readonly IReadOnlyList<string> _fields = spec.Fields.Count == 0 ? [] : [.. spec.Fields, .. spec.Include];

    public void Write(Utf8JsonWriter writer, object resource)
    {
        JsonTypeInfo json = type.JsonType;
        if (_fields.Count == 0)
        {
            JsonSerializer.Serialize(writer, resource, json);
            return;
        }

        JsonElement whole = JsonSerializer.SerializeToElement(resource, json);
        writer.WriteStartObject();
        foreach (JsonProperty attribute in whole.EnumerateObject())
        {
            if (_fields.Contains(attribute.Name))
                attribute.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
