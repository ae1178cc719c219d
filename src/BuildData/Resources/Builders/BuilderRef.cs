using BuildData.Paths;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>Identifies a builder by its id or its name. An id and a name convert implicitly to a <see cref="BuilderRef"/>.</summary>
public readonly record struct BuilderRef : IPathReference, ISqlExpression
{
    private BuilderRef(long? id, string? name)
    {
        Id = id;
        Name = name;
    }

    /// <summary>Gets the builder's id; null if the reference holds a name.</summary>
    public long? Id { get; }

    /// <summary>Gets the builder's name; null if the reference holds an id.</summary>
    public string? Name { get; }

    /// <summary>Creates a reference to the builder with the given id.</summary>
    public static implicit operator BuilderRef(long builderId) => FromInt64(builderId);

    /// <summary>Creates a reference to the builder with the given name.</summary>
    public static implicit operator BuilderRef(string name) => FromString(name);

    /// <summary>Creates a reference to the builder with the given id.</summary>
    public static BuilderRef FromInt64(long builderId) => new(builderId, null);

    /// <summary>Creates a reference to the builder with the given name.</summary>
    public static BuilderRef FromString(string name)
    {
        UnicodeText.Check(name, nameof(name));
        return new BuilderRef(null, name);
    }

    /// <summary>Returns the reference as a path segment: the id, or the percent-encoded name.</summary>
    public override string ToString() => PathEncoding.EncodeSegment(Id, Name);

    string IPathReference.Segment => ToString();

    /// <summary>
    /// Gets the path segment for the builder in an event pattern: the builder's id. If the reference holds a name, the segment is
    /// <c>*</c>, which matches every builder.
    /// </summary>
    internal string EventSegment => Id is { } id ? PathEncoding.EncodeSegment(id, null) : "*";

    /// <summary>
    /// Converts a reference by name to a reference by id. If the reference holds an id, or if no builder has the name, returns this
    /// reference.
    /// </summary>
    internal async ValueTask<BuilderRef> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        Name is not null && await new BuilderByRef(this).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is { } builder
            ? builder.BuilderId
            : this;

    /// <summary>Returns whether this reference identifies a builder.</summary>
    internal bool Matches(Builder builder) => Name is { } name ? builder.Name == name : builder.BuilderId == Id;

    /// <summary>Returns whether this reference identifies the builder with the given id.</summary>
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

    /// <summary>Creates a reference from a variable segment of an endpoint path. The segment holds an id or a name.</summary>
    internal static BuilderRef From(in VariableSegmentValues path, int index) => path.NameOrNull(index) is { } name ? name : path.Number(index);
}
