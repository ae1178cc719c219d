namespace BuildData.Resources.Builders;

/// <summary>
/// Tells the prefetch, which runs before an update, to read a builder and its tags. The prefetch reads them after it has locked the
/// builder's row.
/// </summary>
internal sealed record BuilderWithTagsToPrefetch(long BuilderId);
