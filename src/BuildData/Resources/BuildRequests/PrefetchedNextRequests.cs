namespace BuildData.Resources.BuildRequests;

/// <summary>Holds the waiting requests that the prefetch has locked for the updates that take the next request of certain builders.</summary>
/// <param name="RequestIds">The ids of the locked requests, the next one first.</param>
/// <param name="AreAll">Whether no other request of these builders waited.</param>
internal sealed record PrefetchedNextRequests(IReadOnlyList<long> RequestIds, bool AreAll);
