using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.BuildRequests;

/// <summary>Tells the prefetch, which runs before an update, to read a build request without locking the row.</summary>
internal sealed record UnlockedRequestToPrefetch(long BuildRequestId) : IRowToPrefetch
{
    RowKey IRowToPrefetch.Row => new(ResourceTables.BuildRequests.Name, BuildRequestId);
}
