using BuildData.Updating.Caching;

namespace BuildData.Resources.BuildRequests;

/// <summary>Caches build requests for updates.</summary>
internal sealed class BuildRequestCache(RowCache cache) : ICachePart<BuildRequestCache>
{
    public CachedValues<long, BuildRequest> Requests { get; } = cache.AddValues<long, BuildRequest>();

    /// <summary>Gets build requests that are not locked. Use only their values that never change.</summary>
    public TransactionValues<long, BuildRequest> Unlocked { get; } = cache.AddTransactionValues<long, BuildRequest>();

    /// <summary>Gets, for locked builders, the ids of all build requests with a collapse key that were neither claimed nor complete.</summary>
    public TransactionValues<(long BuilderId, string Key), List<long>> Waiting { get; } = cache.AddTransactionValues<(long BuilderId, string Key), List<long>>();

    public static BuildRequestCache Create(RowCache cache) => new(cache);
}
