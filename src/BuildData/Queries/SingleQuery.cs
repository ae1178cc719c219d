using BuildData.Stores;

namespace BuildData;

/// <summary>A query for one resource, which may not exist.</summary>
/// <typeparam name="T">What it gives.</typeparam>
public abstract record SingleQuery<T> : Query
    where T : class
{
    private protected SingleQuery()
    {
    }

    internal sealed override bool IsCollection => false;

    internal sealed override Type ResultType => typeof(T);

    internal virtual ValueTask<T?> Read(ReadSession session, BoundSpec spec, CancellationToken cancellationToken) =>
        SelectStatement.One((TableDefinition<T>)Resource, this, session, spec, cancellationToken);

    /// <summary>Whether a resource is the query's. Which is never changes.</summary>
    internal virtual ValueTask<bool> Has(T resource, MembershipCache ancestry, CancellationToken cancellationToken) => new(true);

    /// <summary>The resources that an event tells of.</summary>
    internal virtual IReadOnlyList<T> Touched(DataEvent e) => e.Resource is T resource ? [resource] : [];

    /// <summary>The query's answer, event by event.</summary>
    internal virtual LiveResult<T> Follow(BoundSpec bound, MembershipCache ancestry) =>
        new TableLiveResult<T>((TableDefinition<T>)Resource, bound, Touched, (resource, token) => Has(resource, ancestry, token));

    internal sealed override async ValueTask<DataResult> Execute(QueryExecutor runner, ResultSpec spec, CancellationToken cancellationToken)
    {
        T? resource = await runner.One(this, spec, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, resource, null);
    }
}
