namespace BuildData.Updating.Caching;

/// <summary>
/// Represents what a resource type caches for updates. <see cref="RowCache.Get"/> creates one part of each type.
/// </summary>
internal interface ICachePart<TSelf>
    where TSelf : class, ICachePart<TSelf>
{
    /// <summary>Creates the part, whose collections are added to the cache.</summary>
    static abstract TSelf Create(RowCache cache);
}
