namespace BuildData.Measuring;

/// <summary>Represents a build of this master that has not finished, as far as <see cref="BuildTracker"/> knows.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Builder">The name of its builder.</param>
/// <param name="StartedAt">The time at which it started.</param>
/// <param name="WorkerId">The id of its worker; null if it has none.</param>
internal sealed record RunningBuild(long BuildId, string Builder, DateTimeOffset StartedAt, long? WorkerId)
{
    /// <summary>Returns whether a build with the same id is this one. A store that was replaced by an older copy uses ids again.</summary>
    public bool IsSameBuild(Build build) => build.BuildId == BuildId && build.StartedAt == StartedAt;
}
