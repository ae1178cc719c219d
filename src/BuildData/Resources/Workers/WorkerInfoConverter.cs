using System.Text.Json;
using System.Text.Json.Serialization;

namespace BuildData.Resources.Workers;

/// <summary>Converts the information about a worker to and from its wire form: a JSON object.</summary>
internal sealed class WorkerInfoConverter : JsonConverter<WorkerInfo>
{
    public override WorkerInfo Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return WorkerInfo.FromJsonElement(JsonElement.ParseValue(ref reader));
        }
        catch (ArgumentException error)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, WorkerInfo value, JsonSerializerOptions options) => value.Json.WriteTo(writer);
}
