namespace BuildData.Resources.Logs;

/// <summary>Knows the stream letters of the lines of a stdio log.</summary>
internal static class StdioLine
{
    public const byte Output = (byte)'o';

    public const byte Error = (byte)'e';

    public const byte Header = (byte)'h';

    /// <summary>Returns a line without its stream letter. A line without a letter is returned unchanged.</summary>
    public static ReadOnlySpan<byte> WithoutStream(ReadOnlySpan<byte> line) => !line.IsEmpty && IsStream(line[0]) ? line[1..] : line;

    /// <summary>Returns whether a character is a stream letter.</summary>
    public static bool IsStream(byte letter) => letter is Output or Error or Header;
}
