namespace BuildData.Samples.BuildLog;

/// <summary>A run of an MSBuild target, and what has come of it so far.</summary>
internal sealed class TargetRun(TargetStarted start)
{
    private readonly Problems _problems = new();

    public string Name => start.Target;

    public DateTimeOffset StartedAt => start.At;

    /// <summary>Whether the target is a detail of the SDK: so MSBuild's projects name them.</summary>
    public bool IsPrivate => Name.StartsWith('_');

    /// <summary>The step that the run is recorded as, once there is a reason to.</summary>
    public long? StepId { get; set; }

    public string StateString
    {
        get
        {
            // A log may come from another operating system than this one.
            string project = start.ProjectFile[(start.ProjectFile.LastIndexOfAny(['/', '\\']) + 1)..];
            string problems = _problems.ToString();
            return problems.Length == 0 ? $"{Name}: {project}" : $"{Name}: {problems} in {project}";
        }
    }

    public void Add(Diagnostic problem) => _problems.Add(problem);

    public BuildResult Result(bool succeeded) =>
        _problems.Result.Worst(succeeded ? BuildResult.Success : BuildResult.Failure);
}
