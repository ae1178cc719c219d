namespace BuildData.Queries;

/// <summary>Runs typed queries.</summary>
internal interface IQueryExecutor
{
    /// <summary>Returns the resource of a query; null if it does not exist.</summary>
    ValueTask<T?> One<T>(SingleQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Returns the resources of a query.</summary>
    ValueTask<ResourceList<T>> All<T>(CollectionQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class;
}
