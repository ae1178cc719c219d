using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildData.StoreContracts;

/// <summary>Compares answers in wire form.</summary>
internal static class WireForm
{
    public static JsonNode? Of(object? resource) =>
        resource is null
            ? null
            : JsonSerializer.SerializeToNode(resource, BuildDataJsonContext.Default.GetTypeInfo(resource.GetType())!);

    /// <summary>
    /// What differs between a recorded answer and ours, or null. Ours may have more attributes; a resource's source stamps are a
    /// set.
    /// </summary>
    public static string? Difference(JsonNode? recorded, JsonNode? ours, string where = "$")
    {
        switch (recorded, ours)
        {
            case (JsonObject want, JsonObject have):
                return want
                    .Select(attribute => have.ContainsKey(attribute.Key)
                        ? Difference(InOrder(attribute), InOrder(KeyValuePair.Create(attribute.Key, have[attribute.Key])), $"{where}.{attribute.Key}")
                        : $"{where}.{attribute.Key} is missing")
                    .FirstOrDefault(difference => difference is not null);

            case (JsonArray want, JsonArray have):
                return want.Count != have.Count
                    ? $"{where} has {have.Count} elements, recorded were {want.Count}"
                    : want.Select((element, i) => Difference(element, have[i], $"{where}[{i}]")).FirstOrDefault(difference => difference is not null);

            default:
                return JsonNode.DeepEquals(recorded, ours)
                    ? null
                    : $"{where} is {ours?.ToJsonString() ?? "null"}, recorded was {recorded?.ToJsonString() ?? "null"}";
        }
    }

    private static JsonNode? InOrder(KeyValuePair<string, JsonNode?> attribute) =>
        attribute is { Key: "sourcestamps", Value: JsonArray stamps }
            ? new JsonArray([.. stamps.OrderBy(stamp => (long)stamp!["ssid"]!).Select(stamp => stamp!.DeepClone())])
            : attribute.Value;
}
