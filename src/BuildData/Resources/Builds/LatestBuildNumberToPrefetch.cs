namespace BuildData.Resources.Builds;

/// <summary>Tells the prefetch, which runs before an update, to read the number of a builder's latest build, and the name of the builder.</summary>
internal sealed record LatestBuildNumberToPrefetch(long BuilderId);
