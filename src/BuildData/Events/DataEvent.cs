using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Events;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents an event, which announces one committed change of a resource. Immutable and thread-safe.</summary>
[JsonConverter(typeof(DataEventConverter))]
public sealed class DataEvent
{
    private readonly ResourceDefinition _type;
    private readonly long _id;
    private string? _path;
    private IReadOnlyList<string>? _paths;

    internal DataEvent(EventCursor cursor, ResourceDefinition type, string name, object resource, long id)
    {
        Cursor = cursor;
        Name = name;
        Resource = resource;
        _type = type;
        _id = id;
    }

    /// <summary>Gets the sequence number of the event.</summary>
    /// <remarks>
    /// Sequence numbers follow the order of commits: a later event has a greater number. The numbers continue when the store is closed and
    /// opened again.
    /// </remarks>
    public long Sequence => Cursor.Sequence;

    /// <summary>
    /// Gets the time of the transaction that committed the change, to the microsecond (UTC). If the transaction has several updates, this
    /// is the time of the last update.
    /// </summary>
    public DateTimeOffset At => Cursor.At ?? default;

    /// <summary>
    /// Gets the cursor of the event: the sequence number and the time of the event. If <see cref="BuildDataOptions.KeepEvents"/> was
    /// called, a later subscription can resume after this cursor.
    /// </summary>
    public EventCursor Cursor { get; }

    /// <summary>
    /// Gets the id of the resource. If the resource is the <see cref="PropertyMap"/> of a build, gets the id of the build.
    /// </summary>
    internal long Id => _id;

    /// <summary>Gets the definition of the resource's type.</summary>
    internal ResourceDefinition Type => _type;

    /// <summary>Gets the description of the resource's JSON.</summary>
    internal JsonTypeInfo ResourceJsonType => _type.JsonType;

    /// <summary>Gets the event name, such as <c>new</c>, <c>started</c> or <c>finished</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// Gets the resource with the values that the update has written, such as a <see cref="Step"/>: <c>if (e.Resource is Step step) …</c>.
    /// </summary>
    /// <remarks>
    /// If the update has set a property of a build, the resource is a <see cref="PropertyMap"/> that contains only this property.
    /// </remarks>
    public object Resource { get; }

    /// <summary>Gets the shortest path of the resource, such as <c>/steps/7</c>. This path is the first of <see cref="Paths"/>.</summary>
    public string Path => _path ??= _type.EventPaths(Resource, _id)[0].ToString();

    /// <summary>Gets all paths on which the event is published.</summary>
    public IReadOnlyList<string> Paths =>
        _paths ??= new EquatableList<string>(Array.ConvertAll(_type.EventPaths(Resource, _id), path => path.ToString()));

    /// <summary>
    /// Gets the key of the event in messages to clients: <see cref="Path"/> without the first slash, and the name, such as
    /// <c>builds/12/finished</c>.
    /// </summary>
    public string Key => $"{Path.AsSpan(1)}/{Name}";

    /// <summary>
    /// Writes the resource as JSON. Attributes have names such as <c>state_string</c>, and times are whole Unix seconds. The sequence number, the
    /// name and the paths of the event are not included.
    /// </summary>
    /// <param name="writer">The writer.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        JsonSerializer.Serialize(writer, Resource, ResourceJsonType);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Sequence} {Path} {Name}";

    /// <summary>Returns this event with only some of the properties that its build or build request includes.</summary>
    internal DataEvent WithOnly(PropertySelection properties)
    {
        object selected = _type.WithOnlyProperties(Resource, properties);
        return ReferenceEquals(selected, Resource) ? this : new DataEvent(Cursor, _type, Name, selected, _id);
    }
}
