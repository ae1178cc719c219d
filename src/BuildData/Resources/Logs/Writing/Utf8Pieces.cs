using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace BuildData.Resources.Logs.Writing;

/// <summary>
/// Converts pieces of text to UTF-8. A piece can end between the two surrogates of a character. A surrogate without its pair becomes a byte that is not
/// valid UTF-8, so that the <see cref="Chunks.LogEncoder"/> replaces and counts it. Not thread-safe.
/// </summary>
internal sealed class Utf8Pieces
{
    /// <summary>The byte of a surrogate without its pair. It is invalid by itself, whatever bytes are beside it.</summary>
    public const byte LoneSurrogate = 0xFF;

    private char _high;

    /// <summary>Returns how many bytes a piece can have.</summary>
    /// <param name="chars">The number of characters.</param>
    public static int MaxLength(int chars) => (chars + 1) * 3;

    /// <summary>Converts a piece.</summary>
    /// <returns>The number of bytes that were written to the buffer.</returns>
    public int Convert(ReadOnlySpan<char> piece, Span<byte> bytes)
    {
        if (piece.IsEmpty)
            return 0;

        int written = CompletePair(ref piece, bytes);
        while (!piece.IsEmpty)
        {
            OperationStatus status = Utf8.FromUtf16(piece, bytes[written..], out int read, out int count, replaceInvalidSequences: false, isFinalBlock: false);
            written += count;
            piece = piece[read..];
            if (status == OperationStatus.NeedMoreData)
            {
                _high = piece[0];
                return written;
            }

            if (status == OperationStatus.InvalidData)
            {
                bytes[written++] = LoneSurrogate;
                piece = piece[1..];
            }
        }

        return written;
    }

    /// <summary>Forgets the first surrogate of a pair that was not completed.</summary>
    /// <returns>Whether there was one. It counts as a surrogate without its pair.</returns>
    public bool Reset()
    {
        bool hasHigh = _high != 0;
        _high = '\0';
        return hasHigh;
    }

    private int CompletePair(ref ReadOnlySpan<char> piece, Span<byte> bytes)
    {
        char high = _high;
        if (!Reset())
            return 0;

        if (!Rune.TryCreate(high, piece[0], out Rune rune))
        {
            bytes[0] = LoneSurrogate;
            return 1;
        }

        piece = piece[1..];
        return rune.EncodeToUtf8(bytes);
    }
}
