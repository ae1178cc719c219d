namespace BuildData;

/// <summary>What <see cref="Updates.AddBuildset"/> made.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
/// <param name="BuildRequestIds">The ids of its build requests, by builder id.</param>
public sealed record AddBuildsetResult(long BuildsetId, IReadOnlyDictionary<long, long> BuildRequestIds);
