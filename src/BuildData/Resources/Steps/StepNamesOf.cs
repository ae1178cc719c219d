namespace BuildData.Resources.Steps;

/// <summary>Represents the need to know the names of a build's steps.</summary>
internal sealed record StepNamesOf(long BuildId);
