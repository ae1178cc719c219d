using System.Text;

namespace BuildData.Resources.Logs.Reading;

/// <summary>Finds a text in the bytes of lines.</summary>
internal sealed class OrdinalSearch(string text) : LogTextSearch
{
    private const byte LineEnd = (byte)'\n';

    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    private LogTextBuffer _chunk = new();

    protected override void Begin(LogTextBuffer chunk) => _chunk = chunk;

    protected override bool TryFindNext(bool hasStreams, out LogLine line)
    {
        ReadOnlySpan<byte> rest = _chunk.Rest;
        int start = FindLine(rest, hasStreams);
        if (start < 0)
        {
            line = default;
            return false;
        }

        _chunk.Skip(start, rest[..start].Count(LineEnd));
        _chunk.TryReadLine(out string content);
        line = new LogLine(_chunk.NextLine - 1, content);
        return true;
    }

    /// <summary>Returns the position of the first line that contains the text; -1 if there is none.</summary>
    private int FindLine(ReadOnlySpan<byte> lines, bool hasStreams)
    {
        for (int position = 0; ; position++)
        {
            int found = lines[position..].IndexOf(_text);
            if (found < 0)
                return -1;

            position += found;
            int start = lines[..position].LastIndexOf(LineEnd) + 1;
            if (!hasStreams || position > start || !StdioLine.IsStream(lines[start]))
                return start;
        }
    }
}
