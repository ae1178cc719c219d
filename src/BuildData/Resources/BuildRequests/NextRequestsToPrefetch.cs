using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Tells the prefetch, which runs before an update, to lock the waiting request that comes next among the requests of some builders.
/// </summary>
/// <param name="BuilderIds">The ids of the builders, in ascending order.</param>
internal sealed record NextRequestsToPrefetch(EquatableList<long> BuilderIds);
