using BuildData.Updating.Caching;

namespace BuildData.Resources.BuildRequests;

/// <summary>Caches build requests for updates.</summary>
internal sealed class BuildRequestCache(RowCache cache) : ICachePart<BuildRequestCache>
{
    /// <summary>Gets the build requests that updates have read for update or written, by id.</summary>
    public LockedRowValues<long, BuildRequest> Requests { get; } = cache.AddLockedRowValues<long, BuildRequest>();

    /// <summary>Gets build requests that are not locked, by id. Use only values of a request that never change, such as its builder.</summary>
    public TransactionValues<long, BuildRequest> UnlockedRequests { get; } = cache.AddTransactionValues<long, BuildRequest>();

    /// <summary>
    /// Gets the ids of the waiting build requests of locked builders, by builder and collapse key. Requests that the transaction has
    /// claimed or completed since then are still included.
    /// </summary>
    public TransactionValues<(long BuilderId, string CollapseKey), List<long>> WaitingIds { get; } = cache.AddTransactionValues<(long BuilderId, string CollapseKey), List<long>>();

    public static BuildRequestCache Create(RowCache cache) => new(cache);
}
