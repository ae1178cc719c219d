namespace BuildData.Resources.Steps;

/// <summary>Represents the need of an update to read the names of a build's steps.</summary>
internal sealed record StepNamesNeed(long BuildId);
