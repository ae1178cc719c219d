using System.Diagnostics.CodeAnalysis;
using Microsoft.Build.Framework;
using BinaryLog = Microsoft.Build.Logging.StructuredLogger.BinaryLog;

namespace BuildData.Samples.BuildLog;

/// <summary>A build that MSBuild has recorded in a binary log.</summary>
internal sealed class RecordedBuild
{
    private readonly ProjectStartedEventArgs _project;

    private RecordedBuild(string file, IReadOnlyList<BuildEventArgs> events)
    {
        File = file;
        Events = events;
        _project = events.OfType<ProjectStartedEventArgs>().First();
    }

    /// <summary>Gets the path of the log.</summary>
    public string File { get; }

    /// <summary>Gets the events that the recorder needs, in the order in which MSBuild logged them.</summary>
    public IReadOnlyList<BuildEventArgs> Events { get; }

    /// <summary>Gets when the build started.</summary>
    /// <remarks>A log's times are local and have no time zone. They are taken for times of this machine's zone.</remarks>
    public DateTimeOffset StartedAt => Events[0].Timestamp;

    /// <summary>Gets the number of targets, each of which becomes a step.</summary>
    public int TargetCount => Events.OfType<TargetStartedEventArgs>().Count();

    /// <summary>Gets the path of the project or solution that was built.</summary>
    public string Project => _project.ProjectFile!;

    /// <summary>Gets the revision that was built, or null if the command did not set it.</summary>
    /// <remarks>The command sets it with <c>dotnet build -bl -p:SourceRevisionId=9f3c1e</c>.</remarks>
    public string? Revision =>
        _project.GlobalProperties is { } properties && properties.TryGetValue("SourceRevisionId", out string? revision)
            ? revision
            : null;

    /// <summary>Gets the name of the builder. All builds of the same project belong to one builder.</summary>
    public string Builder => $"dotnet build {FileName(Project)}";

    /// <summary>Reads a log. A log that was cut off is read as far as it goes.</summary>
    public static bool TryRead(
        string file, [NotNullWhen(true)] out RecordedBuild? log, [NotNullWhen(false)] out string? error)
    {
        log = null;
        error = null;
        try
        {
            BuildEventArgs[] events = [.. BinaryLog.ReadRecords(file).Select(record => record.Args).Where(IsNeeded)];
            if (events.OfType<ProjectStartedEventArgs>().Any())
                log = new RecordedBuild(file, events);
            else
                error = $"{file} contains no build.";
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            error = $"{file} can't be read as a binary log. {e.Message}";
        }

        return log is not null;
    }

    /// <summary>Returns the last segment of a path. A log can come from another operating system.</summary>
    public static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    // A log contains much more, such as messages, properties, items and tasks.
    private static bool IsNeeded(BuildEventArgs? e) => e
        is ProjectStartedEventArgs
        or TargetStartedEventArgs or TargetFinishedEventArgs
        or BuildWarningEventArgs or BuildErrorEventArgs
        or BuildFinishedEventArgs;
}
