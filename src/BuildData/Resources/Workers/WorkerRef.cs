using BuildData.Paths;
using BuildData.Values;

namespace BuildData;

/// <summary>Identifies a worker by its id or by its name. A number and a text convert implicitly to a <see cref="WorkerRef"/>.</summary>
public readonly record struct WorkerRef : IPathReference
{
    private WorkerRef(long? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Gets the worker's id; null if the reference holds a name.</summary>
    public long? Id { get; }

    /// <summary>Gets the worker's name; null if the reference holds an id.</summary>
    public string? Name { get; }

    /// <summary>Creates a reference to the worker with the given id.</summary>
    public static implicit operator WorkerRef(long workerId) => FromInt64(workerId);

    /// <summary>Creates a reference to the worker with the given name.</summary>
    public static implicit operator WorkerRef(string name) => FromString(name);

    /// <summary>Creates a reference to the worker with the given id.</summary>
    public static WorkerRef FromInt64(long workerId) => new(workerId, null);

    /// <summary>Creates a reference to the worker with the given name.</summary>
    public static WorkerRef FromString(string name)
    {
        UnicodeText.Check(name, nameof(name));
        return new WorkerRef(null, name);
    }

    /// <summary>Returns the reference as a path segment: the id, or the percent-encoded name.</summary>
    public override string ToString() => PathEncoding.EncodeSegment(Id, Name);

    string IPathReference.Segment => ToString();

    /// <summary>Creates a reference from a variable segment of a path. The segment contains the id or the name of a worker.</summary>
    internal static WorkerRef From(in VariableSegmentValues path, int index) => path.NameOrNull(index) is { } name ? name : path.Number(index);
}
