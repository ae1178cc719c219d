namespace BuildData.Queries;

/// <summary>
/// Reads the resources to which another resource or an event refers. For example, a step refers to its build. The returned resources can
/// come from a cache and be out of date. Therefore use only attributes that never change.
/// </summary>
internal interface IRelatedResources
{
    /// <summary>Reads the resource that a query selects.</summary>
    /// <exception cref="StoreException">The store has no such resource.</exception>
    ValueTask<T> Get<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Reads the current state of the resource that a query selects. Returns null if there is no such resource.</summary>
    ValueTask<T?> ReadNow<T>(SingleQuery<T> query, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class;
}
