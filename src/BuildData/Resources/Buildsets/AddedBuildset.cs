namespace BuildData;

/// <summary>Represents the buildset that <see cref="Updates.AddBuildset"/> added or found.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
/// <param name="BuildRequestIds">The ids of its build requests, by builder id.</param>
public sealed record AddedBuildset(long BuildsetId, IReadOnlyDictionary<long, long> BuildRequestIds)
{
    /// <summary>
    /// Gets whether the call added the buildset. If a buildset with the same unique key already existed, the value is false and the
    /// call changed nothing.
    /// </summary>
    public bool IsNew { get; init; } = true;
}
