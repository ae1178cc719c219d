using System.Buffers;
using System.Text;
using BuildData.Resources.Logs.Chunks;

namespace BuildData.Resources.Logs.Reading;

/// <summary>Holds the text of one chunk, and returns its lines one by one. The next chunk uses the same memory. Not thread-safe.</summary>
internal sealed class LogTextBuffer
{
    private const byte LineEnd = (byte)'\n';

    private readonly ArrayBufferWriter<byte> _text = new();

    private int _position;

    /// <summary>Gets the number of the line that is returned next.</summary>
    public long NextLine { get; private set; }

    /// <summary>Gets the text from the next line on. It is valid until <see cref="Load"/> is called.</summary>
    public ReadOnlySpan<byte> Rest => _text.WrittenSpan[_position..];

    /// <summary>Replaces the text with that of a chunk, from a line on.</summary>
    /// <exception cref="StoreException">The content is missing, or damaged.</exception>
    public async ValueTask Load(StoredChunk chunk, long logId, long firstLine, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        _text.ResetWrittenCount();
        await chunk.WriteTextTo(_text, logId, outside, cancellationToken).ConfigureAwait(false);
        NextLine = firstLine;
        _position = LineRange.LengthOf(_text.WrittenSpan, firstLine - chunk.FirstLine);
    }

    /// <summary>Returns the next line without its <c>\n</c>. Returns false after the last line of the chunk.</summary>
    public bool TryReadLine(out string line)
    {
        ReadOnlySpan<byte> rest = Rest;
        if (rest.IsEmpty)
        {
            line = "";
            return false;
        }

        int length = rest.IndexOf(LineEnd);
        line = Encoding.UTF8.GetString(rest[..length]);
        Skip(length + 1, lines: 1);
        return true;
    }

    /// <summary>Skips the beginning of the rest.</summary>
    /// <param name="length">The size of the skipped text, in bytes.</param>
    /// <param name="lines">How many lines the skipped text ends.</param>
    public void Skip(int length, long lines)
    {
        _position += length;
        NextLine += lines;
    }
}
