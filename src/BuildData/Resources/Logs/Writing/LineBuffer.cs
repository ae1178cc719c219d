using System.Buffers;
using System.Globalization;
using System.Text;

namespace BuildData.Resources.Logs.Writing;

/// <summary>
/// Makes whole lines of the pieces that streams write, in the order in which the lines are completed. Cuts the log at its size limit. Not thread-safe.
/// </summary>
/// <param name="maxSize">The maximum size of the text of the log, in bytes; null means no limit.</param>
/// <param name="markerLetter">The letter of the marker line; null if lines have no letter.</param>
internal sealed class LineBuffer(long? maxSize, byte? markerLetter)
{
    /// <summary>The maximum size of a line, in bytes. Readers hold a line as one text.</summary>
    public const int MaxLineLength = 128 * 1024 * 1024;

    private const byte LineEnd = (byte)'\n';

    private ArrayBufferWriter<byte> _lines = new();

    // The size of the text of the log, without the marker line.
    private long _size;

    /// <summary>Gets the size of the lines that were not taken yet, in bytes.</summary>
    public int Length => _lines.WrittenCount;

    /// <summary>Gets the size of all lines so far, in bytes.</summary>
    public long TotalLength { get; private set; }

    /// <summary>Gets whether the log was cut. Then all further lines are dropped.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Gets the number of lines that were dropped.</summary>
    public long DroppedLines { get; private set; }

    /// <summary>Gets the number of bytes that were dropped.</summary>
    public long DroppedBytes { get; private set; }

    /// <summary>Adds a piece of a stream.</summary>
    /// <param name="line">The line of the stream that is not complete yet.</param>
    /// <param name="piece">The piece, which can end anywhere in a line or in a character.</param>
    public void Add(PartialLine line, ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && !IsCut)
        {
            if (TryAddAll(line, ref piece))
                continue;

            int end = piece.IndexOf(LineEnd);
            ReadOnlySpan<byte> part = end < 0 ? piece : piece[..(end + 1)];

            // The end of the line needs a byte too.
            int length = (line.Letter is null ? 0 : 1) + line.Length + part.Length + (end < 0 ? 1 : 0);
            if (!Fits(length))
            {
                Cut(length);
                break;
            }

            if (end < 0)
            {
                line.Append(part);
                return;
            }

            AddLine(line, part, length);
            piece = piece[part.Length..];
        }

        if (IsCut)
            Drop(line, piece);
    }

    /// <summary>Ends the line of a stream, if it has begun.</summary>
    public void EndLine(PartialLine line)
    {
        if (IsCut)
            Drop(line, []);
        else if (line.Length > 0)
            Add(line, [LineEnd]);
        if (!line.IsDropped)
            return;

        line.IsDropped = false;
        DroppedLines++;
    }

    /// <summary>Takes all lines out of the buffer.</summary>
    /// <param name="empty">An empty buffer for further lines.</param>
    public ArrayBufferWriter<byte> Take(ArrayBufferWriter<byte> empty)
    {
        ArrayBufferWriter<byte> lines = _lines;
        _lines = empty;
        return lines;
    }

    // Most pieces have many whole lines. Without a letter, they are copied together.
    private bool TryAddAll(PartialLine line, ref ReadOnlySpan<byte> piece)
    {
        if (line.Letter is not null || line.Length > 0)
            return false;

        int length = piece.LastIndexOf(LineEnd) + 1;
        if (length == 0 || !Fits(length))
            return false;

        _lines.Write(piece[..length]);
        Count(length);
        piece = piece[length..];
        return true;
    }

    private void AddLine(PartialLine line, ReadOnlySpan<byte> end, int length)
    {
        if (line.Letter is { } letter)
            _lines.Write([letter]);
        _lines.Write(line.Bytes);
        _lines.Write(end);
        line.Clear();
        Count(length);
    }

    private bool Fits(int length) => length <= MaxLineLength && (maxSize is null || _size + length <= maxSize);

    private void Count(int length)
    {
        _size += length;
        TotalLength += length;
    }

    private void Cut(int length)
    {
        IsCut = true;
        string reason = length > MaxLineLength
            ? string.Create(CultureInfo.InvariantCulture, $"the next line has more than {MaxLineLength} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"it has reached its limit of {maxSize} bytes");
        byte[] marker = Encoding.UTF8.GetBytes($"[The log was cut here: {reason}.]\n");
        if (markerLetter is { } letter)
            _lines.Write([letter]);
        _lines.Write(marker);
        TotalLength += marker.Length + (markerLetter is null ? 0 : 1);
    }

    private void Drop(PartialLine line, ReadOnlySpan<byte> piece)
    {
        bool isOpen = line.IsDropped || line.Length > 0;
        DroppedBytes += line.Length + piece.Length;
        DroppedLines += piece.Count(LineEnd);
        line.Clear();
        line.IsDropped = piece.IsEmpty ? isOpen : piece[^1] != LineEnd;
    }
}
