using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>A build by id, or by its builder and its number there. An id converts to it.</summary>
public readonly record struct BuildRef : IPathReference, ISqlExpression
{
    private BuildRef(long? id, BuilderRef builder, long number)
    {
        Id = id;
        Builder = builder;
        Number = number;
    }

    /// <summary>A build by its builder and its number there.</summary>
    public BuildRef(BuilderRef builder, long number)
        : this(null, builder, number)
    {
    }

    /// <summary>The build's id, where it is named by id.</summary>
    public long? Id { get; }

    /// <summary>The build's builder, where it is named by builder and number.</summary>
    public BuilderRef Builder { get; }

    /// <summary>The build's number in its builder, where it is named so.</summary>
    public long Number { get; }

    /// <summary>The build with this id.</summary>
    public static implicit operator BuildRef(long buildId) => FromInt64(buildId);

    /// <summary>The build with this id.</summary>
    public static BuildRef FromInt64(long buildId) => new(buildId, default, 0);

    /// <summary>The path of the build.</summary>
    public override string ToString() => Id is { } id ? $"/builds/{id}" : $"/builders/{Builder}/builds/{Number}";

    string? IPathReference.Segment => null;

    /// <summary>The build's segment in the paths of events: its id, or <c>*</c> where it is named by builder and number.</summary>
    internal string EventSegment => Id is { } id ? PathEncoding.Segment(id, null) : "*";

    /// <summary>Returns the query of the build if it is named by builder and number. A build that is named by id need not exist.</summary>
    internal IExistenceQuery? ToQueryIfByNumber() => Id is null ? new BuildByRef(this) : null;

    /// <summary>The build by id, if it exists.</summary>
    internal async ValueTask<BuildRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Id is null && await new BuildByRef(this).Read(session, BoundSpec.None, cancellationToken).ConfigureAwait(false) is { } build
            ? build.BuildId
            : this;

    /// <summary>Returns whether a build's id belongs to the build that is referred to.</summary>
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
