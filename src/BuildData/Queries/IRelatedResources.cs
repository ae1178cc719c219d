namespace BuildData.Queries;

/// <summary>
/// Reads resources that another resource or an event refers to. An answer may be cached, so use only attributes that never change.
/// </summary>
internal interface IRelatedResources
{
    /// <summary>Returns the resource of a query.</summary>
    /// <exception cref="StoreException">The store has no such resource.</exception>
    ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class;
}
