using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>A builder by id or by name. Both convert to it.</summary>
public readonly record struct BuilderRef : IPathReference, ISqlExpression
{
    private BuilderRef(long? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>The builder's id, where it is named by id.</summary>
    public long? Id { get; }

    /// <summary>The builder's name, where it is named by name.</summary>
    public string? Name { get; }

    /// <summary>The builder with this id.</summary>
    public static implicit operator BuilderRef(long builderId) => FromInt64(builderId);

    /// <summary>The builder with this name.</summary>
    public static implicit operator BuilderRef(string name) => FromString(name);

    /// <summary>The builder with this id.</summary>
    public static BuilderRef FromInt64(long builderId) => new(builderId, null);

    /// <summary>The builder with this name.</summary>
    public static BuilderRef FromString(string name)
    {
        UnicodeText.Check(name, nameof(name));
        return new BuilderRef(null, name);
    }

    /// <summary>The reference as a path has it: the id, or the name percent-encoded.</summary>
    public override string ToString() => PathEncoding.Segment(Id, Name);

    string IPathReference.Segment => ToString();

    /// <summary>The builder's segment in the paths of events: its id, or <c>*</c> where only its name is known.</summary>
    internal string EventSegment => Id is { } id ? PathEncoding.Segment(id, null) : "*";

    /// <summary>The builder by id, if there is one of its name.</summary>
    internal async ValueTask<BuilderRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Name is not null && await new BuilderByRef(this).Read(session, BoundSpec.None, cancellationToken).ConfigureAwait(false) is { } builder
            ? builder.BuilderId
            : this;

    /// <summary>Returns whether a builder's id belongs to the builder that is referred to.</summary>
    internal ValueTask<bool> Matches(long builderId, IRelatedResources related, CancellationToken cancellationToken)
    {
        return Name is null ? new ValueTask<bool>(Id == builderId) : MatchesName(Name);

        async ValueTask<bool> MatchesName(string name)
        {
            Builder builder = await related.Get(new BuilderByRef(builderId), cancellationToken).ConfigureAwait(false);
            return builder.Name == name;
        }
    }

    void ISqlExpression.AppendTo(SqlBuilder sql)
    {
        if (Name is null)
            sql.Value(Id ?? 0);
        else
            sql.Append($"(SELECT id FROM builders WHERE name = {Name})");
    }

    /// <summary>Returns the reference that a segment of a path holds.</summary>
    internal static BuilderRef From(in PathCaptures path, int index) => path.NameOrNull(index) is { } name ? name : path.Number(index);
}
