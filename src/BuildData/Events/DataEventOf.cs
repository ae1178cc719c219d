using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents an event, which announces one committed change of a resource of type <typeparamref name="T"/>. Immutable and thread-safe.
/// </summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class DataEvent<T>
    where T : class
{
    private readonly DataEvent _event;

    internal DataEvent(DataEvent e) => _event = e;

    /// <inheritdoc cref="DataEvent.Sequence"/>
    [JsonPropertyName("sequence")]
    public long Sequence => _event.Sequence;

    /// <inheritdoc cref="DataEvent.At"/>
    [JsonPropertyName("at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset At => _event.At;

    /// <inheritdoc cref="DataEvent.Cursor"/>
    [JsonPropertyName("cursor")]
    public EventCursor Cursor => _event.Cursor;

    /// <inheritdoc cref="DataEvent.Name"/>
    [JsonPropertyName("event")]
    public string Name => _event.Name;

    /// <summary>
    /// Gets the resource with the values that the update has written. If the update has set a property of a build, the resource is a
    /// <see cref="PropertyMap"/> that contains only this property.
    /// </summary>
    [JsonPropertyName("resource"), JsonPropertyOrder(1)]
    public T Resource => (T)_event.Resource;

    /// <inheritdoc cref="DataEvent.Path"/>
    [JsonPropertyName("path")]
    public string Path => _event.Path;

    /// <inheritdoc cref="DataEvent.Paths"/>
    [JsonIgnore]
    public IReadOnlyList<string> Paths => _event.Paths;

    /// <inheritdoc/>
    public override string ToString() => _event.ToString();
}
