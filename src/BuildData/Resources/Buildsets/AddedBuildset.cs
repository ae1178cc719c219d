namespace BuildData;

/// <summary>The buildset that <see cref="Updates.AddBuildset"/> has added or found.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
/// <param name="BuildRequestIds">The ids of its build requests, by builder id.</param>
public sealed record AddedBuildset(long BuildsetId, IReadOnlyDictionary<long, long> BuildRequestIds)
{
    /// <summary>
    /// Gets whether the call has added the buildset. It is false if a buildset with the same unique key existed; then the call
    /// has changed nothing.
    /// </summary>
    public bool IsNew { get; init; } = true;
}
