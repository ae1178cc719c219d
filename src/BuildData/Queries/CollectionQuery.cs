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

    /// <summary>The build that the collection is of, where it may be named by builder and number.</summary>
    internal virtual BuildRef? ParentBuild => null;

    /// <summary>Whether a resource belongs to the query. What it belongs to never changes.</summary>
    internal abstract ValueTask<bool> Has(T resource, MembershipCache ancestry, CancellationToken cancellationToken);

    /// <summary>The resources that an event tells of.</summary>
    internal virtual IReadOnlyList<T> Touched(DataEvent e) => e.Resource is T resource ? [resource] : [];

    /// <summary>The query's answer, event by event.</summary>
    internal virtual LiveResult<T> Follow(BoundSpec bound, MembershipCache ancestry) =>
        new TableLiveResult<T>(Resource, bound, Touched, (resource, token) => Has(resource, ancestry, token));

    internal sealed override async ValueTask<DataResult> Execute(QueryExecutor runner, ResultSpec spec, CancellationToken cancellationToken)
    {
        ResourceList<T> list = await runner.All(this, spec with { IncludeTotal = true }, cancellationToken).ConfigureAwait(false);
        return new DataResult(this, spec, list.ParentExists ? list : null, list.Total);
    }
}
