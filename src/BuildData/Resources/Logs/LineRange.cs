namespace BuildData.Resources.Logs;

/// <summary>Finds lines in a text in UTF-8 whose lines all end with <c>\n</c>.</summary>
internal static class LineRange
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Returns some of the lines of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skip">How many lines to skip.</param>
    /// <param name="count">How many lines to return.</param>
    public static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> text, long skip, long count)
    {
        ReadOnlySpan<byte> rest = text[LengthOf(text, skip)..];
        return rest[..LengthOf(rest, count)];
    }

    /// <summary>Returns the size of the first lines of a text, in bytes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text, long count)
    {
        int length = 0;
        for (; count > 0 && length < text.Length; count--)
            length += text[length..].IndexOf(LineEnd) + 1;
        return length;
    }
}
