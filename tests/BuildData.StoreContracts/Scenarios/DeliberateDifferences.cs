using System.Text.Json.Nodes;

namespace BuildData.StoreContracts;

/// <summary>
/// Adapts a scenario where this library differs from the recording on purpose. Everything else in the scenario is compared as it was recorded.
/// </summary>
internal static class DeliberateDifferences
{
    /// <summary>The paths that are invalid in the recording, and that are endpoints of this library.</summary>
    private static readonly HashSet<string> EndpointsOfOurs = new(StringComparer.Ordinal) { "/masters/1/builds" };

    /// <summary>
    /// Returns the scenario without the paths that are endpoints only of this library. The recording accepts any name of a step in one place;
    /// there, the identifier that is made from the name replaces it, in the operation and in the answers.
    /// </summary>
    public static JsonObject Adapt(JsonObject scenario)
    {
        JsonArray ops = scenario["ops"]!.AsArray();
        foreach (JsonNode? op in ops.Where(op => (string?)op!["error"] == "invalid path" && EndpointsOfOurs.Contains((string)op["path"]!)).ToList())
            ops.Remove(op);

        var names = ops.Where(op => (string?)op!["op"] == "newStep" && op["error"] is null).Select(op => (string)op!["name"]!)
            .Where(name => !Identifier.IsValid(name)).Distinct().ToDictionary(name => name, name => Identifier.Coerce(name));
        if (names.Count > 0)
            Replace(scenario, names);
        return scenario;
    }

    private static void Replace(JsonNode node, Dictionary<string, string> names)
    {
        if (node is JsonObject map)
        {
            foreach ((string key, JsonNode? value) in map.ToList())
            {
                if (key == "name" && value is JsonValue text && names.TryGetValue((string)text!, out string? name))
                    map[key] = name;
                else if (value is JsonObject or JsonArray)
                    Replace(value, names);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? item in list.Where(item => item is JsonObject or JsonArray))
                Replace(item!, names);
        }
    }
}
