using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace BuildData.Samples.BuildLog;

/// <summary>A build that has been. While it is read, its clock stands where the log is.</summary>
internal sealed partial class RecordedBuild : IBuildLog
{
    private readonly string _file;
    private readonly DateTimeOffset _startedAt;
    private readonly ReplayClock _clock;

    private RecordedBuild(string file, DateTimeOffset startedAt)
    {
        _file = file;
        _startedAt = startedAt;
        _clock = new ReplayClock(startedAt);
    }

    // Words in front, so that no builder's name is all digits: a path would take that for an id.
    public string Builder => $"dotnet build {Path.GetFileNameWithoutExtension(_file)}";

    public string Reason => $"recorded in {Path.GetFileName(_file)}";

    public TimeProvider Clock => _clock;

    public BuildResult Outcome { get; private set; } = BuildResult.Exception;

    /// <summary>Finds out when the build began, or that the file is no log of a build.</summary>
    /// <exception cref="InvalidDataException">The file is no log of a build, or one without times.</exception>
    public static async Task<RecordedBuild> Open(string file, CancellationToken stop)
    {
        DateTime? day = null;
        await foreach (string text in File.ReadLinesAsync(file, stop))
        {
            if (day is null)
                day = StartedOn(text);
            else if (LogLine.Parse(text).TimeOfDay is { } time)
                return new RecordedBuild(file, Resolve(day.Value, time));
        }

        throw new InvalidDataException(
            $"{file} is no log of a build with times. One is made by: dotnet build {string.Join(' ', LiveBuild.Options)}");
    }

    public async IAsyncEnumerable<LogEvent> Read([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (LogEvent e in new LogReader(_startedAt).Read(File.ReadLinesAsync(_file, stop)))
        {
            _clock.MoveTo(e.At);
            if (e is BuildEnded end)
                Outcome = end.Succeeded ? BuildResult.Success : BuildResult.Failure;
            yield return e;
        }
    }

    // A log has no time zone. Taken as UTC, it reads the same everywhere.
    private static DateTimeOffset Resolve(DateTime day, TimeSpan time) => new(day + time, TimeSpan.Zero);

    private static DateTime? StartedOn(string text) =>
        Header().Match(text) is { Success: true } header
        && DateTime.TryParse(header.Groups[1].Value, CultureInfo.InvariantCulture, out DateTime started)
            ? started.Date
            : null;

    [GeneratedRegex(@"^Build started (.+)\.$")]
    private static partial Regex Header();
}
