namespace BuildData.Resources.BuildRequests;

/// <summary>Holds the waiting requests of some builders that the prefetch has locked. Updates claim these requests.</summary>
/// <param name="RequestIds">The ids of the locked requests, in the order in which the requests should be built.</param>
/// <param name="AreAll">Whether the locked requests were all waiting requests of these builders.</param>
internal sealed record PrefetchedNextRequests(IReadOnlyList<long> RequestIds, bool AreAll);
