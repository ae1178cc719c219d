namespace BuildData;

/// <summary>What <see cref="Updates.AddBuild"/> made.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Number">The build's number in its builder, from 1.</param>
public sealed record AddedBuild(long BuildId, long Number);
