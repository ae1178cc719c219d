using System.Buffers;

namespace BuildData;

/// <summary>
/// Removes the escape sequences with which programs color their output and control a terminal (ECMA-48, also called ANSI). Logs store them as they
/// were written.
/// </summary>
public static class AnsiText
{
    private const char Escape = '\u001B';

    // ESC, and the 8-bit forms of the sequences that have content: DCS, SOS, CSI, OSC, PM and APC.
    private static readonly SearchValues<char> Introducers = SearchValues.Create("\u001B\u0090\u0098\u009B\u009D\u009E\u009F");

    // The ends of a control string: ESC \, CAN, SUB or the 8-bit terminator. BEL ends only an operating system command (OSC).
    private static readonly SearchValues<char> StringEnds = SearchValues.Create("\u001B\u0018\u001A\u009C");
    private static readonly SearchValues<char> CommandEnds = SearchValues.Create("\u001B\u0018\u001A\u009C\a");

    /// <summary>Returns a text without its escape sequences.</summary>
    /// <remarks>
    /// The removed sequences are control sequences such as colors (CSI), operating system commands such as links and titles (OSC, ended by BEL or
    /// ST), other control strings (DCS, SOS, PM, APC), and the escape sequences of two or more characters. A sequence without an end is removed up to the
    /// end of the text, as a terminal would hide it. A control sequence that is malformed ends before the first character that can't be part of it.
    /// Other control characters, such as <c>\r</c>, are kept. The time is proportional to the length of the text, whatever it contains.
    /// </remarks>
    /// <param name="text">The text, for example a line of a log.</param>
    /// <returns>The text without the sequences. If there are none, this is the same object.</returns>
    public static string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int next = text.AsSpan().IndexOfAny(Introducers);
        if (next < 0)
            return text;

        char[] kept = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            int length = 0;
            for (ReadOnlySpan<char> rest = text; ; next = rest.IndexOfAny(Introducers))
            {
                ReadOnlySpan<char> plain = next < 0 ? rest : rest[..next];
                plain.CopyTo(kept.AsSpan(length));
                length += plain.Length;
                if (next < 0)
                    return new string(kept, 0, length);
                rest = rest[(next + LengthOfSequence(rest[next..]))..];
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(kept);
        }
    }

    /// <summary>Returns the length of the sequence at the beginning of a text.</summary>
    private static int LengthOfSequence(ReadOnlySpan<char> text)
    {
        // The 7-bit form of an introducer is ESC and the character that is 64 less.
        (int start, char kind) = text[0] != Escape ? (1, (char)(text[0] - 64)) : text.Length > 1 ? (2, text[1]) : (1, '\0');
        ReadOnlySpan<char> rest = text[start..];
        return kind switch
        {
            '[' => start + LengthOfControlSequence(rest),
            ']' => start + LengthOfString(rest, CommandEnds),
            'P' or 'X' or '^' or '_' => start + LengthOfString(rest, StringEnds),
            >= ' ' and <= '/' => start + LengthWithEnd(rest, LengthInRange(rest, ' ', '/'), '0', '~'),
            >= '0' and <= '~' => start,

            // An escape character that begins no sequence is removed alone.
            _ => 1,
        };
    }

    /// <summary>Returns the length of what follows <c>ESC [</c>: parameters, intermediate characters and a final character.</summary>
    private static int LengthOfControlSequence(ReadOnlySpan<char> text)
    {
        int length = LengthInRange(text, '0', '?');
        length += LengthInRange(text[length..], ' ', '/');
        return LengthWithEnd(text, length, '@', '~');
    }

    private static int LengthWithEnd(ReadOnlySpan<char> text, int length, char first, char last) =>
        length < text.Length && char.IsBetween(text[length], first, last) ? length + 1 : length;

    private static int LengthInRange(ReadOnlySpan<char> text, char first, char last)
    {
        int length = text.IndexOfAnyExceptInRange(first, last);
        return length < 0 ? text.Length : length;
    }

    /// <summary>Returns the length of a control string with its end. Another escape sequence also ends the string, and is not part of it.</summary>
    private static int LengthOfString(ReadOnlySpan<char> text, SearchValues<char> ends)
    {
        int end = text.IndexOfAny(ends);
        return end < 0 ? text.Length
            : text[end] != Escape ? end + 1
            : text[end..].StartsWith("\u001B\\") ? end + 2
            : end;
    }
}
