using BuildData.Paths;
using BuildData.Values;

namespace BuildData;

/// <summary>A worker by id or by name. Both convert to it.</summary>
public readonly record struct WorkerRef : IPathReference
{
    private WorkerRef(long? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>The worker's id, where it is named by id.</summary>
    public long? Id { get; }

    /// <summary>The worker's name, where it is named by name.</summary>
    public string? Name { get; }

    /// <summary>The worker with this id.</summary>
    public static implicit operator WorkerRef(long workerId) => FromInt64(workerId);

    /// <summary>The worker with this name.</summary>
    public static implicit operator WorkerRef(string name) => FromString(name);

    /// <summary>The worker with this id.</summary>
    public static WorkerRef FromInt64(long workerId) => new(workerId, null);

    /// <summary>The worker with this name.</summary>
    public static WorkerRef FromString(string name)
    {
        UnicodeText.Check(name, nameof(name));
        return new WorkerRef(null, name);
    }

    /// <summary>The reference as a path has it: the id, or the name percent-encoded.</summary>
    public override string ToString() => PathEncoding.Segment(Id, Name);

    string IPathReference.Segment => ToString();

    /// <summary>Returns the reference that a segment of a path holds.</summary>
    internal static WorkerRef From(in PathCaptures path, int index) => path.NameOrNull(index) is { } name ? name : path.Number(index);
}
