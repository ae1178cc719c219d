namespace BuildData.Resources.Steps;

/// <summary>Tells the prefetch, which runs before an update, to read the names of a build's steps.</summary>
internal sealed record StepNamesToPrefetch(long BuildId);
