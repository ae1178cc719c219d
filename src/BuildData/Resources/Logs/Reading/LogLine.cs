namespace BuildData;

/// <summary>Represents a line of a log.</summary>
/// <param name="Number">The number of the line. The first line of a log is 0.</param>
/// <param name="Text">The line without its <c>\n</c>. In a <see cref="LogType.Stdio"/> log, the first character is the line's stream.</param>
public readonly record struct LogLine(long Number, string Text);
