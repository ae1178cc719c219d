using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Tells the prefetch, which runs before an update, to lock the waiting request of some builders that should be built next.
/// </summary>
/// <param name="BuilderIds">The ids of the builders, in ascending order.</param>
internal sealed record NextRequestsToPrefetch(EquatableList<long> BuilderIds);
