namespace BuildData.Updating.Prefetching;

/// <summary>Represents a resource type whose rows can be prefetched.</summary>
internal interface IPrefetchSource
{
    /// <summary>Creates the prefetcher of the resource type for one prefetch.</summary>
    Prefetcher CreatePrefetcher(Prefetch prefetch);
}
