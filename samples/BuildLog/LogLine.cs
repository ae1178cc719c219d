using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildData.Samples.BuildLog;

/// <summary>
/// A line of MSBuild's log: <c>22:26:24.365   1:7&gt;text</c>. MSBuild leaves out time and project where a line goes on with
/// the one before.
/// </summary>
/// <param name="TimeOfDay">When it was logged.</param>
/// <param name="Project">The number of the project instance that it is about.</param>
/// <param name="Text">The rest.</param>
internal readonly partial record struct LogLine(TimeSpan? TimeOfDay, string? Project, string Text)
{
    public static LogLine Parse(string line)
    {
        Match prefix = Prefix().Match(line);
        return prefix.Success
            && TimeSpan.TryParseExact(prefix.Groups["time"].Value, @"hh\:mm\:ss\.fff", CultureInfo.InvariantCulture, out TimeSpan time)
                ? new LogLine(time, prefix.Groups["project"].Value, line[prefix.Length..].Trim())
                : new LogLine(null, null, line.Trim());
    }

    [GeneratedRegex(@"^(?<time>\d\d:\d\d:\d\d\.\d{3}) +(?<project>\d+(:\d+)?)>")]
    private static partial Regex Prefix();
}
