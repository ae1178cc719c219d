using BuildData.Updating.Caching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Caches build requests for updates.</summary>
internal sealed class BuildRequestCache(RowCache cache) : ICachePart<BuildRequestCache>
{
    /// <summary>Gets the build requests that updates have read and locked, or have written. The keys are the ids of the requests.</summary>
    public LockedRowValueCache<long, BuildRequest> Requests { get; } = cache.AddLockedRowValueCache<long, BuildRequest>();

    /// <summary>
    /// Gets the ids of the waiting build requests of a builder that have the same <see cref="BuildRequests.CollapseKey"/>. A list may
    /// still contain requests that this transaction has claimed or completed.
    /// </summary>
    public TransactionValueCache<(long BuilderId, string CollapseKey), List<long>> WaitingRequestIds { get; } = cache.AddTransactionValues<(long BuilderId, string CollapseKey), List<long>>();

    /// <summary>Gets the waiting requests that the prefetch has locked. Each key is the list of builder ids that an update has passed.</summary>
    public TransactionValueCache<EquatableList<long>, PrefetchedNextRequests> NextRequests { get; } =
        cache.AddTransactionValues<EquatableList<long>, PrefetchedNextRequests>();

    public static BuildRequestCache Create(RowCache cache) => new(cache);
}
