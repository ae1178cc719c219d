namespace BuildData.Queries;

/// <summary>
/// Reads resources that another resource or an event refers to. The returned resources can come from a cache and be out of date. Therefore
/// use only attributes that never change.
/// </summary>
internal interface IRelatedResources
{
    /// <summary>Reads the resource that a query selects.</summary>
    /// <exception cref="StoreException">The store has no such resource.</exception>
    ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class;
}
