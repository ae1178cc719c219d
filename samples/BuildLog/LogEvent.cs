namespace BuildData.Samples.BuildLog;

/// <summary>Something that a build's log tells.</summary>
/// <param name="At">When it was.</param>
/// <param name="Project">The number of the project instance that it is about. Projects are built side by side.</param>
internal abstract record LogEvent(DateTimeOffset At, string Project);

internal sealed record TargetStarted(DateTimeOffset At, string Project, string Target, string ProjectFile) : LogEvent(At, Project);

internal sealed record TaskStarted(DateTimeOffset At, string Project) : LogEvent(At, Project);

internal sealed record Diagnostic(DateTimeOffset At, string Project, bool IsError, string Code, string? HelpLink) : LogEvent(At, Project);

internal sealed record OutputMade(DateTimeOffset At, string Project, string Name, string File) : LogEvent(At, Project);

internal sealed record TargetEnded(DateTimeOffset At, string Project, string Target, bool Succeeded) : LogEvent(At, Project);

internal sealed record BuildEnded(DateTimeOffset At, string Project, bool Succeeded) : LogEvent(At, Project);
