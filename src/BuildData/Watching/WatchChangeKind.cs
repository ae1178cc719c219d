using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Specifies how a change affects the result of a watched path.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WatchChangeKind>))]
public enum WatchChangeKind
{
    /// <summary>The resource was added to the result, because the resource is new or now matches the path's filters.</summary>
    [JsonStringEnumMemberName("added")]
    Added,

    /// <summary>The resource was already in the result and has changed.</summary>
    [JsonStringEnumMemberName("updated")]
    Updated,

    /// <summary>
    /// The resource was removed from the result. Either the resource no longer exists, or it no longer matches the path or the path's
    /// filters.
    /// </summary>
    [JsonStringEnumMemberName("removed")]
    Removed,
}
