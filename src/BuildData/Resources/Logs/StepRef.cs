using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Identifies a step by its id, or by its build and its number or name within the build. An id converts implicitly to a <see cref="StepRef"/>.
/// </summary>
public readonly record struct StepRef : IPathReference, ISqlExpression
{
    private StepRef(long? id, BuildRef build, long? number, string? name)
    {
        Id = id;
        Build = build;
        Number = number;
        Name = name;
    }

    /// <summary>Creates a reference to a step by its build and its number within the build, from 0.</summary>
    public StepRef(BuildRef build, long number)
        : this(null, build, number, null)
    {
    }

    /// <summary>Creates a reference to a step by its build and its name within the build.</summary>
    /// <exception cref="ArgumentException">The name is null, or has a surrogate without its pair.</exception>
    public StepRef(BuildRef build, string name)
        : this(null, build, null, name) => UnicodeText.Check(name, nameof(name));

    /// <summary>Gets the step's id; null if the reference holds a build.</summary>
    public long? Id { get; }

    /// <summary>Gets the step's build. Use this property only if <see cref="Id"/> is null.</summary>
    public BuildRef Build { get; }

    /// <summary>Gets the step's number within its build; null if the reference holds an id or a name.</summary>
    public long? Number { get; }

    /// <summary>Gets the step's name within its build; null if the reference holds an id or a number.</summary>
    public string? Name { get; }

    /// <summary>Creates a reference to the step with the given id.</summary>
    public static implicit operator StepRef(long stepId) => FromInt64(stepId);

    /// <summary>Creates a reference to the step with the given id.</summary>
    public static StepRef FromInt64(long stepId) => new(stepId, default, null, null);

    /// <summary>Returns the step's path.</summary>
    public override string ToString() => Id is { } id ? $"/steps/{id}" : Number is { } number ? $"{Build}/steps/{number}" : $"{Build}/steps/{PathEncoding.Encode(Name!)}";

    string? IPathReference.Segment => null;

    /// <summary>Gets the path segment for the step in an event pattern: the step's id, or <c>*</c> if the id is not known.</summary>
    internal string EventSegment => Id is { } id ? PathEncoding.EncodeSegment(id, null) : "*";

    /// <summary>
    /// Converts a reference by build to a reference by id. If the reference holds an id, or if the step does not exist, returns this reference.
    /// </summary>
    internal async ValueTask<StepRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Id is null && await ToQuery().Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is { } step
            ? step.StepId
            : this;

    /// <summary>Returns whether this reference identifies the step with the given id.</summary>
    internal ValueTask<bool> Matches(long stepId, IRelatedResources related, CancellationToken cancellationToken)
    {
        return Id is { } id ? new ValueTask<bool>(id == stepId) : MatchesOfBuild(this, related, cancellationToken);

        async ValueTask<bool> MatchesOfBuild(StepRef reference, IRelatedResources related, CancellationToken cancellationToken)
        {
            Step step = await related.Get(new StepById(stepId), cancellationToken).ConfigureAwait(false);
            return (reference.Number is { } number ? step.Number == number : step.Name == reference.Name)
                && await reference.Build.Matches(step.BuildId, related, cancellationToken).ConfigureAwait(false);
        }
    }

    void ISqlExpression.AppendTo(SqlBuilder sql)
    {
        if (Id is { } id)
            sql.Value(id);
        else if (Number is { } number)
            sql.Append($"(SELECT id FROM steps WHERE build_id = {Build} AND number = {number})");
        else
            sql.Append($"(SELECT id FROM steps WHERE build_id = {Build} AND name = {Name})");
    }

    private SingleQuery<Step> ToQuery() => Number is { } number ? new StepByNumber(Build, number) : new StepByName(Build, Name!);
}
