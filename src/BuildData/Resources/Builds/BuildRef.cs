using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>Identifies a build by its id, or by its builder and its number within the builder. An id converts implicitly to a <see cref="BuildRef"/>.</summary>
public readonly record struct BuildRef : IPathReference, ISqlExpression
{
    private BuildRef(long? id, BuilderRef builder, long number)
    {
        Id = id;
        Builder = builder;
        Number = number;
    }

    /// <summary>Creates a reference to a build by its builder and its number within the builder.</summary>
    public BuildRef(BuilderRef builder, long number)
        : this(null, builder, number)
    {
    }

    /// <summary>Gets the build's id; null if the reference holds a builder and a number.</summary>
    public long? Id { get; }

    /// <summary>Gets the build's builder. Use this property only if <see cref="Id"/> is null.</summary>
    public BuilderRef Builder { get; }

    /// <summary>Gets the build's number within its builder. Use this property only if <see cref="Id"/> is null.</summary>
    public long Number { get; }

    /// <summary>Creates a reference to the build with the given id.</summary>
    public static implicit operator BuildRef(long buildId) => FromInt64(buildId);

    /// <summary>Creates a reference to the build with the given id.</summary>
    public static BuildRef FromInt64(long buildId) => new(buildId, default, 0);

    /// <summary>Returns the build's path, which contains either the id, or the builder and the number.</summary>
    public override string ToString() => Id is { } id ? $"/builds/{id}" : $"/builders/{Builder}/builds/{Number}";

    string? IPathReference.Segment => null;

    /// <summary>
    /// Gets the path segment for the build in an event pattern: the build's id. If the reference holds a builder and a number, the
    /// segment is <c>*</c>, which matches every build.
    /// </summary>
    internal string EventSegment => Id is { } id ? PathEncoding.EncodeSegment(id, null) : "*";

    /// <summary>
    /// If the reference holds a builder and a number, returns the query that checks whether the build exists. If the reference holds an id,
    /// returns null: then no check is needed, because a query by the id of a missing build returns an empty collection.
    /// </summary>
    internal IExistenceQuery? ToExistenceQueryIfByNumber() => Id is null ? new BuildByRef(this) : null;

    /// <summary>
    /// Converts a reference by number to a reference by id. If the reference holds an id, or if the build does not exist, returns this
    /// reference.
    /// </summary>
    internal async ValueTask<BuildRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Id is null && await new BuildByRef(this).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is { } build
            ? build.BuildId
            : this;

    /// <summary>Returns whether this reference identifies the build with the given id.</summary>
    internal ValueTask<bool> Matches(long buildId, IRelatedResources related, CancellationToken cancellationToken)
    {
        return Id is { } id ? new ValueTask<bool>(id == buildId) : MatchesNumber(Builder, Number);

        async ValueTask<bool> MatchesNumber(BuilderRef builder, long number)
        {
            Build build = await related.Get(new BuildByRef(buildId), cancellationToken).ConfigureAwait(false);
            return build.Number == number && await builder.Matches(build.BuilderId, related, cancellationToken).ConfigureAwait(false);
        }
    }

    void ISqlExpression.AppendTo(SqlBuilder sql)
    {
        if (Id is { } id)
            sql.Value(id);
        else
            sql.Append($"(SELECT id FROM builds WHERE builder_id = {Builder} AND number = {Number})");
    }
}
