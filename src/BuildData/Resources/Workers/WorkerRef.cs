using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>Identifies a worker by its id or by its name. A number and a text convert implicitly to a <see cref="WorkerRef"/>.</summary>
public readonly record struct WorkerRef : IPathReference, ISqlExpression
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

    /// <summary>
    /// Gets the path segment for the worker in an event pattern: the worker's id. If the reference holds a name, the segment is <c>*</c>,
    /// which matches every worker.
    /// </summary>
    internal string EventSegment => Id is { } id ? PathEncoding.EncodeSegment(id, null) : "*";

    /// <summary>
    /// Converts a reference by name to a reference by id. If the reference holds an id, or if no worker has the name, returns this
    /// reference.
    /// </summary>
    internal async ValueTask<WorkerRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Name is not null && await new WorkerByRef(this).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is { } worker
            ? worker.WorkerId
            : this;

    /// <summary>Returns whether this reference identifies a worker.</summary>
    internal bool Matches(Worker worker) => Name is { } name ? worker.Name == name : worker.WorkerId == Id;

    /// <summary>Returns whether this reference identifies the worker with the given id.</summary>
    internal ValueTask<bool> Matches(long workerId, IRelatedResources related, CancellationToken cancellationToken)
    {
        return Name is null ? new ValueTask<bool>(Id == workerId) : MatchesName(Name);

        async ValueTask<bool> MatchesName(string name)
        {
            Worker worker = await related.Get(new WorkerByRef(workerId), cancellationToken).ConfigureAwait(false);
            return worker.Name == name;
        }
    }

    void ISqlExpression.AppendTo(SqlBuilder sql)
    {
        if (Name is null)
            sql.Value(Id ?? 0);
        else
            sql.Append($"(SELECT id FROM workers WHERE name = {Name})");
    }
}
