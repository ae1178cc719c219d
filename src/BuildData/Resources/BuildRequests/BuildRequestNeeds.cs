using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.BuildRequests;

/// <summary>Represents the need of an update to read a build request without a lock.</summary>
internal sealed record UnlockedRequestNeed(long BuildRequestId) : IRowNeed
{
    RowKey IRowNeed.Row => new(DataTables.BuildRequests.Name, BuildRequestId);
}

/// <summary>
/// Represents the need of an update to complete the build requests that it locks. Such an update also locks the buildsets of these requests.
/// </summary>
internal sealed record RequestCompletionNeed
{
    public static readonly RequestCompletionNeed Instance = new();
}
