namespace BuildData.Samples.BuildLog;

/// <summary>A step whose MSBuild target has not finished yet.</summary>
internal sealed class RunningStep(long stepId, DateTimeOffset startedAt)
{
    // Most targets only find out that they have nothing to do.
    private static readonly TimeSpan Negligible = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets the step's id.</summary>
    public long StepId => stepId;

    /// <summary>Gets or sets the result so far.</summary>
    public BuildResult Results { get; set; } = BuildResult.Success;

    /// <summary>Gets or sets the id of the log with the step's warnings and errors; null if there are none so far.</summary>
    public long? LogId { get; set; }

    /// <summary>Returns whether the step is too short to be displayed.</summary>
    public bool IsHidden(DateTimeOffset now) => Results == BuildResult.Success && now - startedAt < Negligible;
}
