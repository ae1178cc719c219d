using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData;

/// <summary>Represents a query for the resources of a collection.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public abstract record CollectionQuery<T> : Query
    where T : class
{
    private protected CollectionQuery()
    {
    }

    internal sealed override bool IsCollection => true;

    internal sealed override Type ResultType => typeof(T);

    internal abstract override TableDefinition<T> Resource { get; }

    /// <summary>Gets the column by which the collection is ordered if the query options have no order; null for the id.</summary>
    internal virtual string? DefaultOrder => null;

    /// <summary>Gets the query of the resource that the collection belongs to; null if it doesn't matter whether that resource exists.</summary>
    internal virtual IExistenceQuery? Parent => null;

    /// <summary>Returns whether a resource belongs to the query, regardless of filters. The answer for a resource never changes.</summary>
    internal abstract ValueTask<bool> Has(T resource, IRelatedResources related, CancellationToken cancellationToken);

    /// <summary>Returns the resources of the query's type that an event's resource is or contains.</summary>
    internal virtual IReadOnlyList<T> ChangedResources(object changed, string eventName) => changed is T resource ? [resource] : [];

    internal sealed override async ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken)
    {
        ResourceList<T> list = await executor.All(this, spec with { IncludeTotal = true }, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, list.ParentExists ? list : null, list.Total);
    }
}
