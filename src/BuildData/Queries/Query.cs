using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// What an endpoint path parses into. A query can also be made and passed directly, and says its own <see cref="Path"/>.
/// </summary>
public abstract record Query : IPathReference
{
    private protected Query()
    {
    }

    /// <summary>The query's endpoint path. Parsing it gives an equal query, but for a builder or a worker whose name is digits alone.</summary>
    public abstract string Path { get; }

    string? IPathReference.Segment => null;

    internal abstract ResourceDefinition Resource { get; }

    internal abstract bool IsCollection { get; }

    internal abstract Type ResultType { get; }

    /// <summary>The paths of the events that can change the query's answer.</summary>
    internal abstract IReadOnlyCollection<string> EventPatterns { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Path;

    /// <summary>Appends the conditions that say which rows belong to the query.</summary>
    internal virtual void AppendConditions(SqlBuilder sql)
    {
    }

    /// <summary>The same query by ids where it is by names that are known, so that fewer events concern it.</summary>
    internal virtual ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) => new(this);

    internal abstract ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken);
}
