namespace BuildData.Measuring;

/// <summary>Maps builds to OpenTelemetry's semantic conventions for CI/CD: a builder is a pipeline, a build is a run, a step is a task.</summary>
internal static class CicdSemanticConventions
{
    public const string PipelineName = "cicd.pipeline.name";
    public const string PipelineResult = "cicd.pipeline.result";
    public const string PipelineAction = "cicd.pipeline.action.name";
    public const string RunId = "cicd.pipeline.run.id";
    public const string RunState = "cicd.pipeline.run.state";
    public const string TaskName = "cicd.pipeline.task.name";
    public const string TaskRunId = "cicd.pipeline.task.run.id";
    public const string TaskRunResult = "cicd.pipeline.task.run.result";
    public const string WorkerId = "cicd.worker.id";
    public const string WorkerState = "cicd.worker.state";
    public const string ErrorType = "error.type";

    public const string Pending = "pending";
    public const string Executing = "executing";
    public const string Busy = "busy";

    /// <summary>Gets the results that count as errors. <see cref="GetErrorType"/> returns an error type for each of these results.</summary>
    public static readonly BuildResult[] Errors = [BuildResult.Failure, BuildResult.Exception, BuildResult.Retry];

    /// <summary>Returns the value of <see cref="PipelineResult"/> and <see cref="TaskRunResult"/>.</summary>
    public static string GetResult(BuildResult result) => result switch
    {
        BuildResult.Success or BuildResult.Warnings => "success",
        BuildResult.Failure => "failure",
        BuildResult.Skipped => "skip",
        BuildResult.Cancelled => "cancellation",
        _ => "error",
    };

    /// <summary>Returns the value of <see cref="ErrorType"/>; null if the result is not an error.</summary>
    public static string? GetErrorType(BuildResult result) => result switch
    {
        BuildResult.Failure => "failure",
        BuildResult.Exception => "exception",
        BuildResult.Retry => "retry",
        _ => null,
    };

    /// <summary>Returns this library's name of a result. The conventions have fewer names: for example, they call both Success and Warnings <c>success</c>.</summary>
    public static string GetLibraryResult(BuildResult result) => result switch
    {
        BuildResult.Success => "success",
        BuildResult.Warnings => "warnings",
        BuildResult.Failure => "failure",
        BuildResult.Skipped => "skipped",
        BuildResult.Exception => "exception",
        BuildResult.Retry => "retry",
        _ => "cancelled",
    };
}
