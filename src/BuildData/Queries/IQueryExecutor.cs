namespace BuildData.Queries;

/// <summary>Runs typed queries.</summary>
internal interface IQueryExecutor
{
    /// <summary>Reads the resource that a query selects. Returns null if the resource does not exist.</summary>
    ValueTask<T?> ReadOne<T>(SingleQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Reads the resources that a query selects.</summary>
    ValueTask<ResourceList<T>> ReadAll<T>(CollectionQuery<T> query, ResultSpec spec, CancellationToken cancellationToken)
        where T : class;
}
