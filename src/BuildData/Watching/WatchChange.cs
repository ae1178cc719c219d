using System.Text.Json.Serialization;

namespace BuildData;

/// <summary>Represents a change of the result of a watched path.</summary>
/// <typeparam name="T">The resource type.</typeparam>
/// <param name="Kind">Whether the resource was added to the result, updated in the result, or removed from the result.</param>
/// <param name="Resource">
/// The resource with the values that the update has written. If the path returns properties, this is a <see cref="PropertyMap"/> with all
/// properties of the build or buildset, not only the changed property.
/// </param>
/// <param name="EventName">The event name, such as <c>new</c>, <c>started</c> or <c>finished</c>.</param>
/// <param name="Sequence">The sequence number of the event. Sequence numbers follow the order of commits.</param>
public sealed record WatchChange<T>(
    [property: JsonPropertyName("kind")] WatchChangeKind Kind,
    [property: JsonPropertyName("resource")] T Resource,
    [property: JsonPropertyName("event")] string EventName,
    [property: JsonPropertyName("sequence")] long Sequence)
    where T : class;
