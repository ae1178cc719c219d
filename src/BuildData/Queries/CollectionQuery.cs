using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData;

/// <summary>A query for all resources that belong to it.</summary>
/// <typeparam name="T">What it gives.</typeparam>
public abstract record CollectionQuery<T> : Query
    where T : class
{
    private protected CollectionQuery()
    {
    }

    internal sealed override bool IsCollection => true;

    internal sealed override Type ResultType => typeof(T);

    internal abstract override TableDefinition<T> Resource { get; }

    /// <summary>The column that the collection is ordered by if nothing else is said; null for the id.</summary>
    internal virtual string? DefaultOrder => null;

    /// <summary>Gets the query of the resource that the collection belongs to; null if nobody has to know whether it exists.</summary>
    internal virtual IExistenceQuery? Parent => null;

    /// <summary>Whether a resource belongs to the query. What it belongs to never changes.</summary>
    internal abstract ValueTask<bool> Has(T resource, IRelatedResources related, CancellationToken cancellationToken);

    /// <summary>Returns the resources of the query's type that an event's resource is or contains.</summary>
    internal virtual IReadOnlyList<T> Touched(object changed, string eventName) => changed is T resource ? [resource] : [];

    internal sealed override async ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken)
    {
        ResourceList<T> list = await executor.All(this, spec with { IncludeTotal = true }, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, list.ParentExists ? list : null, list.Total);
    }
}
