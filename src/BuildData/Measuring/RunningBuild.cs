namespace BuildData.Measuring;

/// <summary>Represents a build of this master that has not finished, as far as <see cref="BuildTracker"/> knows.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Builder">The name of the build's builder.</param>
/// <param name="StartedAt">The time at which the build started.</param>
/// <param name="WorkerId">The id of the build's worker; null if the build has no worker.</param>
internal sealed record RunningBuild(long BuildId, string Builder, DateTimeOffset StartedAt, long? WorkerId)
{
    /// <summary>
    /// Returns whether the given build is this build, and not another build with the same id. If the store was replaced by an older copy,
    /// that copy assigns ids again.
    /// </summary>
    public bool IsSameBuild(Build build) => build.BuildId == BuildId && build.StartedAt == StartedAt;
}
