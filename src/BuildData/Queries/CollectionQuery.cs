using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents a query for the resources of a collection.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public abstract record CollectionQuery<T> : Query
    where T : class
{
    private protected CollectionQuery()
    {
    }

    /// <inheritdoc/>
    public sealed override bool IsCollection => true;

    internal sealed override Type ResultType => typeof(T);

    internal abstract override TableDefinition<T> Resource { get; }

    /// <summary>
    /// Gets the order of the result if the caller specifies no order. The order is unique within the result. Null means that the
    /// <see cref="TableDefinition{T}.Keys"/> order the result.
    /// </summary>
    internal virtual IReadOnlyList<OrderTerm>? DefaultOrder => null;

    /// <summary>
    /// Gets the query for the parent, which is the resource to which the collection belongs. If the result is empty, the library runs this
    /// query to check whether the parent exists. If null, the library does not check the parent.
    /// </summary>
    internal virtual IExistenceQuery? Parent => null;

    /// <summary>Appends the SQL text that follows FROM: the table of the resources, or a subquery that returns rows in their form.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="spec">The query options. A subquery that computes resources applies the filters on their <see cref="ResourceDefinition.Source"/>.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    internal virtual void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) => sql.Append(Resource.Table);

    /// <summary>
    /// Returns whether a resource belongs to the collection. Ignores filters. The answer for a resource never changes, unless
    /// <see cref="Query.MembershipCanChange"/> is true.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="related">Reads other resources that the decision needs.</param>
    /// <param name="cancellationToken">Cancels the reads of other resources.</param>
    internal virtual ValueTask<bool> Has(T resource, IRelatedResources related, CancellationToken cancellationToken) => new(true);

    /// <summary>
    /// Returns a resource as the collection contains it; null if the resource does not belong to the collection. A query that returns only a
    /// part of each resource overrides this method instead of <see cref="Has"/>.
    /// </summary>
    /// <inheritdoc cref="Has"/>
    internal virtual async ValueTask<T?> ToMember(T resource, IRelatedResources related, CancellationToken cancellationToken) =>
        await Has(resource, related, cancellationToken).ConfigureAwait(false) ? resource : null;

    /// <summary>
    /// Converts the resources that were read to the resources that the query returns. The default returns them unchanged. A query that
    /// returns only a part of each resource overrides this method.
    /// </summary>
    internal virtual ValueTask<List<T>> Complete(List<T> page, ReadSession session, CancellationToken cancellationToken) => new(page);

    /// <summary>
    /// Returns the resources of type <typeparamref name="T"/> that an event contains: the resource of the event itself, or resources inside
    /// that resource.
    /// </summary>
    /// <param name="changed">The event's resource.</param>
    /// <param name="eventName">The event's name.</param>
    internal virtual IReadOnlyList<T> ChangedResources(object changed, string eventName) => changed.GetType() == typeof(T) ? [(T)changed] : [];

    internal sealed override TResult Accept<TResult>(IQueryVisitor<TResult> visitor) => visitor.VisitCollection(this);

    internal sealed override async ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken)
    {
        ResourceList<T> list = await executor.ReadAll(this, spec with { IncludeTotal = true }, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, list.ParentExists == false ? null : list, list.Total, list.Next);
    }
}
