using BuildData.Paths;

namespace BuildData.Resources.Logs;

/// <summary>Lists the endpoint paths of logs.</summary>
internal static class LogPaths
{
    private const string BuildByNumber = "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}";

    /// <summary>The paths of the steps whose logs can be queried.</summary>
    private static readonly (string Pattern, StepFactory Step, int Values)[] Steps =
    [
        ("/steps/{stepid:number}", static (in path) => path.Number(0), 1),
        ("/builds/{buildid:number}/steps/{step_number:number}", static (in path) => new StepRef(path.Number(0), path.Number(1)), 2),
        ("/builds/{buildid:number}/steps/{step_name:identifier}", static (in path) => new StepRef(path.Number(0), path.Name(1)), 2),
        (BuildByNumber + "/steps/{step_number:number}", static (in path) => new StepRef(new BuildRef(BuilderRef.From(path, 0), path.Number(1)), path.Number(2)), 3),
        (BuildByNumber + "/steps/{step_name:identifier}", static (in path) => new StepRef(new BuildRef(BuilderRef.From(path, 0), path.Number(1)), path.Name(2)), 3),
    ];

    /// <summary>Gets the paths that return the logs of a step, and the functions that return the step of a path.</summary>
    public static IReadOnlyList<(string Pattern, StepFactory Step)> OfCollections { get; } = [.. Steps.Select(static step => (step.Pattern + "/logs", step.Step))];

    /// <summary>Gets the paths that return one log, and the functions that return the log of a path.</summary>
    public static IReadOnlyList<(string Pattern, LogFactory Log)> OfSingleLogs { get; } =
    [
        ("/logs/{logid:number}", static (in path) => path.Number(0)),
        .. Steps.Select(static step => (step.Pattern + "/logs/{log_slug:identifier}", (LogFactory)((in path) => new LogRef(step.Step(path), path.Name(step.Values))))),
    ];
}

/// <summary>Returns the step of a parsed path.</summary>
internal delegate StepRef StepFactory(in VariableSegmentValues path);

/// <summary>Returns the log of a parsed path.</summary>
internal delegate LogRef LogFactory(in VariableSegmentValues path);
