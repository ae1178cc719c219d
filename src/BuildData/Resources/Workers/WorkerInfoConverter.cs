using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Resources.Workers;

/// <summary>Converts the information about a worker to and from its wire form: a JSON object.</summary>
internal sealed class WorkerInfoConverter : JsonConverter<WorkerInfo>
{
    public override WorkerInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement json = JsonElement.ParseValue(ref reader);
        return json.ValueKind == JsonValueKind.Object
            ? WorkerInfo.FromJsonElement(json)
            : throw new JsonException("The information about a worker must be a JSON object.");
    }

    public override void Write(Utf8JsonWriter writer, WorkerInfo value, JsonSerializerOptions options) => value.Json.WriteTo(writer);
}
