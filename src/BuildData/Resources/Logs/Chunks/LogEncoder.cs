using System.Buffers;
using System.Text;
using BuildData.Values;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Converts lines of text to the chunks that are stored.</summary>
internal static class LogEncoder
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Encodes lines of text.</summary>
    /// <exception cref="ArgumentException">The text is null or empty, or does not end with <c>\n</c>.</exception>
    public static EncodedLines Encode(string lines, string parameter)
    {
        ArgumentNullException.ThrowIfNull(lines, parameter);
        Check(lines.Length == 0 ? default : (byte)(lines[^1] == '\n' ? LineEnd : 1), parameter);
        int maxBytes = Encoding.UTF8.GetMaxByteCount(lines.Length);
        byte[] bytes = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            // The encoding replaces each surrogate without its pair with U+FFFD.
            int length = Encoding.UTF8.GetBytes(lines, bytes);
            return EncodeValid(bytes.AsSpan(0, length), CountLoneSurrogates(lines));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Encodes lines of bytes in UTF-8.</summary>
    /// <exception cref="ArgumentException">There are no bytes, or the last one is not 10.</exception>
    public static EncodedLines Encode(ReadOnlySpan<byte> lines, string parameter)
    {
        Check(lines.IsEmpty ? default : lines[^1], parameter);
        if (System.Text.Unicode.Utf8.IsValid(lines))
            return EncodeValid(lines, replacedCount: 0);

        byte[] replaced = Replace(lines, out long count);
        return EncodeValid(replaced, count);
    }

    private static void Check(byte last, string parameter)
    {
        if (last != LineEnd)
            throw new ArgumentException(last == 0 ? "There are no lines." : "The text does not end with a line feed ('\\n'), so its last line is not whole.", parameter);
    }

    private static EncodedLines EncodeValid(ReadOnlySpan<byte> lines, long replacedCount)
    {
        var chunks = new List<EncodedChunk>(1);
        long lineCount = 0;
        for (ReadOnlySpan<byte> rest = lines; !rest.IsEmpty;)
        {
            ReadOnlySpan<byte> part = rest[..LengthOfChunk(rest)];
            EncodedChunk chunk = ChunkCompression.Compress(part, ChunkCompression.FastQuality);
            chunks.Add(chunk);
            lineCount += chunk.LineCount;
            rest = rest[part.Length..];
        }

        return new EncodedLines(chunks, lineCount, lines.Length, replacedCount);
    }

    // A chunk has whole lines. A long line has a chunk of its own.
    private static int LengthOfChunk(ReadOnlySpan<byte> rest)
    {
        if (rest.Length <= ChunkCompression.MaxTextLength)
            return rest.Length;
        int end = rest[..ChunkCompression.MaxTextLength].LastIndexOf(LineEnd);
        return end >= 0 ? end + 1 : ChunkCompression.MaxTextLength + rest[ChunkCompression.MaxTextLength..].IndexOf(LineEnd) + 1;
    }

    private static byte[] Replace(ReadOnlySpan<byte> bytes, out long count)
    {
        var replaced = new ArrayBufferWriter<byte>(bytes.Length + 64);
        count = 0;
        while (!bytes.IsEmpty)
        {
            int valid = LengthOfValid(bytes, out int invalid);
            replaced.Write(bytes[..valid]);
            bytes = bytes[(valid + invalid)..];
            if (invalid > 0)
            {
                replaced.Write("\uFFFD"u8);
                count++;
            }
        }

        return replaced.WrittenSpan.ToArray();
    }

    private static int LengthOfValid(ReadOnlySpan<byte> bytes, out int invalid)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            if (bytes[position] < 0x80)
            {
                int ascii = bytes[position..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
                if (ascii < 0)
                    break;
                position += ascii;
            }

            if (Rune.DecodeFromUtf8(bytes[position..], out _, out invalid) != OperationStatus.Done)
                return position;
            position += invalid;
        }

        invalid = 0;
        return bytes.Length;
    }

    private static long CountLoneSurrogates(ReadOnlySpan<char> text)
    {
        long count = 0;
        for (int next = UnicodeText.IndexOfLoneSurrogate(text); next >= 0; next = UnicodeText.IndexOfLoneSurrogate(text))
        {
            count++;
            text = text[(next + 1)..];
        }

        return count;
    }
}
