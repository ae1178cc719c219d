namespace BuildData.Resources.Builds;

/// <summary>Represents the need to know the number of a builder's latest build.</summary>
internal sealed record LatestNumberOf(long BuilderId);
