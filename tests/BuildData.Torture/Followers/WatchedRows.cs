using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildData.Torture.Followers;

/// <summary>The resources of some paths as JSON, made of states and of changes as a client makes them.</summary>
/// <param name="paths">The paths.</param>
internal sealed class WatchedRows(IReadOnlyList<string> paths)
{
    // What changes without an event.
    private static readonly string[] Unannounced = ["last_seen", "last_active"];

    private static readonly Dictionary<string, string> Ids = new()
    {
        ["builds"] = "buildid",
        ["steps"] = "stepid",
        ["buildrequests"] = "buildrequestid",
        ["buildsets"] = "bsid",
        ["builders"] = "builderid",
        ["workers"] = "workerid",
        ["sourcestamps"] = "ssid",
        ["logs"] = "logid",
        ["masters"] = "masterid",
    };

    private readonly (string Id, Dictionary<string, JsonObject> Rows)[] _paths = [.. paths.Select(_ => ("", new Dictionary<string, JsonObject>()))];

    public IReadOnlyList<string> Paths => paths;

    /// <summary>Sets what a path returns.</summary>
    /// <param name="path">The index of the path.</param>
    /// <param name="resource">The plural name of the resources.</param>
    /// <param name="items">The resources.</param>
    public void SetState(int path, string resource, IEnumerable<JsonElement> items)
    {
        string id = Ids.GetValueOrDefault(resource, "");

        // A query returns an empty map as the properties of a buildset that was removed. A watch reports its removal.
        _paths[path] = (id, items.Where(item => item.EnumerateObject().Any()).ToDictionary(item => IdOf(item, id), Normalize));
    }

    /// <summary>Applies a change.</summary>
    /// <returns>Why the change does not fit to what was there; null if it does.</returns>
    public string? Apply(int path, string kind, JsonElement item)
    {
        (string idField, Dictionary<string, JsonObject> rows) = _paths[path];
        string id = IdOf(item, idField);
        bool wasThere = rows.ContainsKey(id);
        if (kind == "removed")
            rows.Remove(id);
        else
            rows[id] = Normalize(item);
        if (idField.Length == 0)
            return null;
        return wasThere == (kind == "added") ? $"{paths[path]}: the change of {id} is '{kind}', but it was {(wasThere ? "" : "not ")}there: {item}" : null;
    }

    /// <summary>Returns whether the buildset is there that was added last. The last path must be <see cref="QuietState.MarkerPath"/>.</summary>
    public bool HasMarker(long id) => _paths[^1].Rows.ContainsKey(id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Returns whether a resource of the last path is complete.</summary>
    public bool IsComplete(long id) => _paths[^1].Rows[id.ToString(System.Globalization.CultureInfo.InvariantCulture)]["complete"]!.GetValue<bool>();

    /// <summary>Returns how these rows differ from others; null if they don't.</summary>
    public string? FindDifference(WatchedRows stored)
    {
        for (int i = 0; i < paths.Count; i++)
        {
            (Dictionary<string, JsonObject> own, Dictionary<string, JsonObject> other) = (_paths[i].Rows, stored._paths[i].Rows);
            if (own.GetValueOrDefault("") is { Count: 0 })
                own.Remove("");
            if (own.Keys.Union(other.Keys).FirstOrDefault(id => !JsonNode.DeepEquals(own.GetValueOrDefault(id), other.GetValueOrDefault(id))) is { } wrong)
                return $"{paths[i]}: of '{wrong}' the follower has {Text(own, wrong)}, and a query returns {Text(other, wrong)}.";
        }

        return null;
    }

    public override string ToString() => string.Join(", ", paths.Zip(_paths, (path, state) => $"{path} with {state.Rows.Count} rows"));

    /// <summary>Returns the elements of an array, or the one element.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Null => [],
        _ => [value],
    };

    private static string Text(Dictionary<string, JsonObject> rows, string id) => rows.TryGetValue(id, out JsonObject? row) ? row.ToJsonString() : "nothing";

    private static string IdOf(JsonElement item, string id) => id.Length > 0 ? item.GetProperty(id).GetRawText() : "";

    private static JsonObject Normalize(JsonElement item)
    {
        JsonObject json = JsonObject.Create(item)!;
        foreach (string field in Unannounced)
            json.Remove(field);
        return json;
    }
}
