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

    // Lists that are compared as sets are sorted by the values of their elements.
    private static JsonNode? InOrder(KeyValuePair<string, JsonNode?> attribute) =>
        attribute is { Key: "sourcestamps" or "tags" or "masterids" or "connected_to" or "configured_on", Value: JsonArray elements }
            ? new JsonArray([.. elements.OrderBy(SortKey, StringComparer.Ordinal).Select(element => element!.DeepClone())])
            : attribute.Value;

    private static string SortKey(JsonNode? element) => element switch
    {
        JsonObject { Count: > 0 } stamp when stamp["ssid"] is { } id => $"{(long)id:D19}",
        JsonObject place => string.Join(' ', place.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => $"{(long)part.Value!:D19}")),
        _ => element!.ToJsonString(),
    };
}
