using System.Text.RegularExpressions;

namespace BuildData.Samples.BuildLog;

/// <summary>Reads MSBuild's detailed log, as <see cref="LiveBuild.Options"/> make it.</summary>
internal sealed partial class LogReader(DateTimeOffset startedAt)
{
    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);

    private DateTimeOffset _now = startedAt;
    private string _project = "0";

    public async IAsyncEnumerable<LogEvent> Read(IAsyncEnumerable<string> lines)
    {
        await foreach (string text in lines)
        {
            LogLine line = LogLine.Parse(text);
            if (line is { TimeOfDay: { } time, Project: { } project })
            {
                _now = Resolve(time);
                _project = project;
            }

            if (Event(line) is { } e)
                yield return e;
        }
    }

    // The log has times without days, and a target's start is told only when the target has something to tell, so times
    // also go back a little: the day is the one that comes nearest.
    private DateTimeOffset Resolve(TimeSpan time)
    {
        DateTimeOffset at = _now - _now.TimeOfDay + time;
        return at < _now - HalfDay ? at.AddDays(1)
            : at > _now + HalfDay ? at.AddDays(-1)
            : at;
    }

    private LogEvent? Event(LogLine line)
    {
        string text = line.Text;
        if (TaskStart().IsMatch(text))
            return new TaskStarted(_now, _project);
        if (TargetStart().Match(text) is { Success: true } start)
            return new TargetStarted(_now, _project, start.Groups["target"].Value, start.Groups["project"].Value);
        if (TargetEnd().Match(text) is { Success: true } end)
            return new TargetEnded(_now, _project, end.Groups["target"].Value, !end.Groups["failed"].Success);
        if (Output().Match(text) is { Success: true } output)
            return new OutputMade(_now, _project, output.Groups["name"].Value, output.Groups["file"].Value);
        if (text is "Build succeeded." or "Build FAILED.")
            return new BuildEnded(_now, _project, text == "Build succeeded.");

        // The summary repeats all warnings and errors, without times.
        if (line.TimeOfDay is not null && Problem().Match(text) is { Success: true } problem)
        {
            string? link = HelpLink().Match(text) is { Success: true } match ? match.Groups["link"].Value : null;
            return new Diagnostic(_now, _project, problem.Groups["kind"].Value == "error", problem.Groups["code"].Value, link);
        }

        return null;
    }

    [GeneratedRegex("""^Task "[^"]+"$""")]
    private static partial Regex TaskStart();

    [GeneratedRegex("""^Target "(?<target>[^"]+)" in file ".*" from project "(?<project>[^"]+)" \(""")]
    private static partial Regex TargetStart();

    [GeneratedRegex("""^Done building target "(?<target>[^"]+)" in project "[^"]+"( -- (?<failed>FAILED))?\.$""")]
    private static partial Regex TargetEnd();

    [GeneratedRegex("""^(?<name>[^"()]+) -> (?<file>(/|[A-Za-z]:\\).+)$""")]
    private static partial Regex Output();

    [GeneratedRegex("""^[^"]+?: (?<kind>warning|error) (?<code>[A-Za-z]+\d+): """)]
    private static partial Regex Problem();

    [GeneratedRegex("""\((?<link>https://[^)\s]+)\)""")]
    private static partial Regex HelpLink();
}
