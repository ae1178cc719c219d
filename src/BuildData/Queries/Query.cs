using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// Represents a typed query. An endpoint path is parsed into a query. A query can also be created and passed to the methods of
/// <see cref="DataApi"/> directly. Immutable and thread-safe.
/// </summary>
public abstract record Query : IPathReference
{
    private protected Query()
    {
    }

    /// <summary>Gets the query's endpoint path.</summary>
    /// <remarks>
    /// Parsing the path returns an equal query. The exception is a builder or a worker whose name consists of digits, because such a
    /// segment is parsed as an id.
    /// </remarks>
    public abstract string Path { get; }

    string? IPathReference.Segment => null;

    internal abstract ResourceDefinition Resource { get; }

    internal abstract bool IsCollection { get; }

    internal abstract Type ResultType { get; }

    /// <summary>Gets the patterns of the events that can change the query's result.</summary>
    internal abstract IReadOnlyCollection<string> EventPatterns { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Path;

    /// <summary>Appends the SQL conditions that select the query's rows.</summary>
    internal virtual void AppendConditions(SqlBuilder sql)
    {
    }

    /// <summary>Returns the same query with ids in place of names that exist. A query by ids needs to examine fewer events in a watch.</summary>
    internal virtual ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) => new(this);

    internal abstract ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken);
}
