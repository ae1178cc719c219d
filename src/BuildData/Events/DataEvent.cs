using BuildData.Definitions;
using BuildData.Values;

namespace BuildData;

/// <summary>A committed change: what happened, and the resource as it was written.</summary>
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

    /// <summary>
    /// The event's place in the order of commits. Later events have greater numbers, also after the store was closed and
    /// opened again.
    /// </summary>
    public long Sequence => Cursor.Sequence;

    /// <summary>Gets the time of the change, to the microsecond: that of the last update of its transaction.</summary>
    public DateTimeOffset At => Cursor.At ?? default;

    /// <summary>Gets the event's position, from which a subscription can resume after it.</summary>
    public EventCursor Cursor { get; }

    /// <summary>The id that its paths end in, or that of the owner of properties.</summary>
    internal long Id => _id;

    /// <summary>What happened: <c>new</c>, <c>started</c>, <c>finished</c>, ….</summary>
    public string Name { get; }

    /// <summary>The resource as it was written, such as a <see cref="Step"/>: <c>if (e.Resource is Step step) …</c>. For a build's properties, a <see cref="PropertyMap"/> with the changed property alone.</summary>
    public object Resource { get; }

    /// <summary>The resource's own path, such as <c>/steps/7</c>: the first of <see cref="Paths"/>.</summary>
    public string Path => _path ??= _type.EventPaths(Resource, _id)[0].ToString();

    /// <summary>All paths that the event is announced on.</summary>
    public IReadOnlyList<string> Paths =>
        _paths ??= new ValueList<string>(Array.ConvertAll(_type.EventPaths(Resource, _id), path => path.ToString()));

    /// <inheritdoc/>
    public override string ToString() => $"{Sequence} {Path} {Name}";
}
