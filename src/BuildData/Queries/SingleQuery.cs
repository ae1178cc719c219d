using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents a query for one resource, which may not exist.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public abstract record SingleQuery<T> : Query, IExistenceQuery
    where T : class
{
    private protected SingleQuery()
    {
    }

    /// <inheritdoc/>
    public sealed override bool IsCollection => false;

    internal sealed override Type ResultType => typeof(T);

    /// <summary>Reads the resource. Returns null if the resource does not exist.</summary>
    internal virtual ValueTask<T?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        SelectStatementRunner.ReadOne((TableDefinition<T>)Resource, this, session, spec, cancellationToken);

    async ValueTask<bool> IExistenceQuery.Exists(ReadSession session, CancellationToken cancellationToken) =>
        await Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>
    /// Returns whether the query selects a given resource. The answer for a resource never changes, unless
    /// <see cref="Query.MembershipCanChange"/> is true.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="related">Reads other resources that the decision needs.</param>
    /// <param name="cancellationToken">Cancels the reads of other resources.</param>
    internal virtual ValueTask<bool> Has(T resource, IRelatedResources related, CancellationToken cancellationToken) => new(true);

    /// <summary>
    /// Returns a resource as the query returns it; null if the query selects another resource. A query that returns only a part of the resource
    /// overrides this method instead of <see cref="Has"/>.
    /// </summary>
    /// <inheritdoc cref="Has"/>
    internal virtual async ValueTask<T?> ToMember(T resource, IRelatedResources related, CancellationToken cancellationToken) =>
        await Has(resource, related, cancellationToken).ConfigureAwait(false) ? resource : null;

    /// <summary>
    /// Returns the resources of type <typeparamref name="T"/> that an event contains: the resource of the event itself, or resources inside
    /// that resource.
    /// </summary>
    /// <param name="changed">The event's resource.</param>
    /// <param name="eventName">The event's name.</param>
    internal virtual IReadOnlyList<T> ChangedResources(object changed, string eventName) => changed.GetType() == typeof(T) ? [(T)changed] : [];

    internal sealed override TResult Accept<TResult>(IQueryVisitor<TResult> visitor) => visitor.VisitSingle(this);

    internal sealed override async ValueTask<DataResult> Execute(IQueryExecutor executor, ResultSpec spec, CancellationToken cancellationToken)
    {
        T? resource = await executor.ReadOne(this, spec, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, resource, null);
    }
}
