namespace BuildData;

/// <summary>Lists the work that an earlier process had left open, and that <see cref="Updates.RecoverInterrupted"/> has ended.</summary>
/// <param name="FinishedBuildIds">The ids of the builds that were finished.</param>
/// <param name="FinishedStepIds">The ids of the steps that were finished.</param>
/// <param name="ReleasedBuildRequestIds">The ids of the build requests whose claims were released. These build requests wait again.</param>
/// <param name="CancelledBuildRequestIds">
/// The ids of the build requests that were completed as <see cref="BuildResult.Cancelled"/>, because their cancellation had been requested.
/// </param>
public sealed record RecoveredWork(
    IReadOnlyList<long> FinishedBuildIds,
    IReadOnlyList<long> FinishedStepIds,
    IReadOnlyList<long> ReleasedBuildRequestIds,
    IReadOnlyList<long> CancelledBuildRequestIds)
{
    internal static RecoveredWork None { get; } = new([], [], [], []);

    /// <summary>Gets whether nothing was left open.</summary>
    public bool IsEmpty => FinishedBuildIds.Count + FinishedStepIds.Count + ReleasedBuildRequestIds.Count + CancelledBuildRequestIds.Count == 0;
}
