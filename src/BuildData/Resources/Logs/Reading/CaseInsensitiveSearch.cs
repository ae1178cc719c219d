using System.Text;

namespace BuildData.Resources.Logs.Reading;

/// <summary>
/// Finds a text in the characters of lines, and ignores case as <see cref="StringComparison.OrdinalIgnoreCase"/> does. In UTF-8, the upper case and the
/// lower case of a letter can have different sizes, so the bytes can't be compared.
/// </summary>
internal sealed class CaseInsensitiveSearch(string text) : LogTextSearch
{
    private char[] _chunk = [];

    // The part of the chunk that was not searched yet, and the number of its first line.
    private int _position;
    private int _end;
    private long _number;

    protected override void Begin(LogTextBuffer chunk)
    {
        // A text never has more characters than bytes in UTF-8.
        ReadOnlySpan<byte> rest = chunk.Rest;
        if (_chunk.Length < rest.Length)
            _chunk = new char[rest.Length];
        _position = 0;
        _end = Encoding.UTF8.GetChars(rest, _chunk);
        _number = chunk.NextLine;
    }

    protected override bool TryFindNext(bool hasStreams, out LogLine line)
    {
        ReadOnlySpan<char> rest = _chunk.AsSpan(_position, _end - _position);
        int start = FindLine(rest, hasStreams);
        if (start < 0)
        {
            line = default;
            return false;
        }

        _number += rest[..start].Count('\n');
        int length = rest[start..].IndexOf('\n');
        line = new LogLine(_number, rest.Slice(start, length).ToString());
        _position += start + length + 1;
        _number++;
        return true;
    }

    /// <summary>Returns the position of the first line that contains the text; -1 if there is none.</summary>
    private int FindLine(ReadOnlySpan<char> lines, bool hasStreams)
    {
        for (int position = 0; ; position++)
        {
            int found = lines[position..].IndexOf(text, StringComparison.OrdinalIgnoreCase);
            if (found < 0)
                return -1;

            position += found;
            int start = lines[..position].LastIndexOf('\n') + 1;
            if (!hasStreams || position > start || !(char.IsAscii(lines[start]) && StdioLine.IsStream((byte)lines[start])))
                return start;
        }
    }
}
