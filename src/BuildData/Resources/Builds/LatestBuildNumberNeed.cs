namespace BuildData.Resources.Builds;

/// <summary>Represents the need of an update to read the number of a builder's latest build.</summary>
internal sealed record LatestBuildNumberNeed(long BuilderId);
