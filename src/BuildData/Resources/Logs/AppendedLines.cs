namespace BuildData;

/// <summary>Represents the lines that an update added to a log. The first line of a log is 0.</summary>
/// <param name="FirstLine">The number of the first added line.</param>
/// <param name="LastLine">The number of the last added line.</param>
public sealed record AppendedLines(long FirstLine, long LastLine);
