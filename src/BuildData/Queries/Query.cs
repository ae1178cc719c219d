using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a typed query. The library parses every endpoint path into a query. You can also create a query, and pass it to the methods of
/// <see cref="DataApi"/> instead of a path. Immutable and thread-safe.
/// </summary>
public abstract record Query : IPathReference
{
    private protected Query()
    {
    }

    /// <summary>Gets the query's endpoint path.</summary>
    /// <remarks>
    /// Parsing the path returns an equal query, with one exception. If the query contains the name of a builder or a worker, and the name
    /// has only digits, the parser reads the name as an id.
    /// </remarks>
    public abstract string Path { get; }

    string? IPathReference.Segment => null;

    /// <summary>Gets the definition of the resource type that the query returns.</summary>
    internal abstract ResourceDefinition Resource { get; }

    /// <summary>Gets whether the query returns a collection. If false, the query returns a single resource.</summary>
    public abstract bool IsCollection { get; }

    /// <summary>Gets the C# type of each returned resource.</summary>
    internal abstract Type ResultType { get; }

    /// <summary>
    /// Gets the patterns of the events that a watch of this query needs. Every change that can affect the query's result is announced by an
    /// event that matches one of these patterns.
    /// </summary>
    internal abstract IReadOnlyCollection<string> EventPatterns { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Path;

    /// <summary>
    /// Gets the patterns of events about the owners of the returned resources. For example, the owners of steps are builds. A watch uses
    /// these patterns only for events that announce the removal of an owner.
    /// </summary>
    internal virtual IReadOnlyCollection<string> OwnerEventPatterns => [];

    /// <summary>
    /// Gets whether a resource can enter or leave the query's result for another reason than the filters. If true, a watch checks at each
    /// event of the resource whether the resource belongs to the result.
    /// </summary>
    internal virtual bool MembershipCanChange => false;

    /// <summary>
    /// Gets the reason why the query can't be watched, and what to do instead. Null if the query can be watched.
    /// </summary>
    internal virtual string? WatchRefusal => null;

    /// <summary>Appends the SQL conditions that select the query's rows.</summary>
    internal virtual void AppendConditions(SqlBuilder sql)
    {
    }

    /// <summary>
    /// Gets the column with the id of the parent, such as <c>build.builder_id</c>, if the query returns the resources of one parent and an index
    /// contains them in several orders. Otherwise null. If not null, <see cref="AppendParentId"/> appends the id.
    /// </summary>
    internal virtual string? ParentColumn => null;

    /// <summary>Appends the id of the parent. See <see cref="ParentColumn"/>.</summary>
    internal virtual void AppendParentId(SqlBuilder sql) => throw new InvalidOperationException($"The query {Path} has no parent column.");

    /// <summary>
    /// Gets whether the query without filters returns all resources of its type. Then filters that select a parent have the effect of
    /// <see cref="ParentColumn"/>.
    /// </summary>
    internal virtual bool IsWholeCollection => false;

    /// <summary>
    /// Returns the tables from which the query's statement should read first. Returns null if the statement should read from the table of the
    /// resources first.
    /// </summary>
    internal virtual StatementStart? FindStart() => null;

    /// <summary>
    /// Returns an equivalent query in which ids replace names. If no resource has a name, that name stays in the query. A watch of a query
    /// with ids examines fewer events.
    /// </summary>
    internal virtual ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) => new(this);

    /// <summary>Calls the method of a visitor that has the type of this query.</summary>
    internal abstract TResult Accept<TResult>(IQueryVisitor<TResult> visitor);

    /// <summary>Runs the query, and returns the result as a <see cref="DataResult"/>, which can hold resources of any type.</summary>
    internal abstract ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken);
}
