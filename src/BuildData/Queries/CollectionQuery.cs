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

    /// <summary>Gets the column that orders the result if the query options specify no order; null for the id column.</summary>
    internal virtual string? DefaultOrderColumn => null;

    /// <summary>Gets the query of the resource to which the collection belongs. If null, nothing checks whether that resource exists.</summary>
    internal virtual IExistenceQuery? Parent => null;

    /// <summary>Returns whether a resource belongs to the collection, regardless of filters. The result for a resource never changes.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="related">Reads other resources that the decision needs.</param>
    /// <param name="cancellationToken">Cancels the reads of other resources.</param>
    internal abstract ValueTask<bool> Has(T resource, IRelatedResources related, CancellationToken cancellationToken);

    /// <summary>Returns the resources of type <typeparamref name="T"/> in an event: the event's resource itself, or resources inside it.</summary>
    /// <param name="changed">The event's resource.</param>
    /// <param name="eventName">The event's name.</param>
    internal virtual IReadOnlyList<T> ChangedResources(object changed, string eventName) => changed is T resource ? [resource] : [];

    internal sealed override async ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken)
    {
        ResourceList<T> list = await executor.ReadAll(this, spec with { IncludeTotal = true }, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, list.ParentExists ? list : null, list.Total);
    }
}
