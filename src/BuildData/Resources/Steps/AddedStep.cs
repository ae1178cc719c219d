namespace BuildData;

/// <summary>What <see cref="Updates.NewStep"/> made.</summary>
/// <param name="StepId">The step's id.</param>
/// <param name="Number">The step's number in its build, from 0.</param>
/// <param name="Name">The step's name, which differs from the one asked for if the build already had that.</param>
public sealed record AddedStep(long StepId, long Number, string Name);
