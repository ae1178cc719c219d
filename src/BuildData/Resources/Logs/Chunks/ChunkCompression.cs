using System.Buffers;
using System.IO.Compression;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Compresses and decompresses the text of chunks.</summary>
internal static class ChunkCompression
{
    /// <summary>The maximum size of a chunk's text when lines are added, in bytes. A chunk with a single line can be larger.</summary>
    public const int MaxTextLength = 256 * 1024;

    /// <summary>The quality with which added lines are compressed: fast, because a program waits for it.</summary>
    public const int FastQuality = 1;

    /// <summary>The quality with which merged chunks are compressed.</summary>
    public const int MergeQuality = 5;

    private const int WindowBits = 22;

    // A few bytes don't become fewer.
    private const int MinTextLength = 64;

    /// <summary>Compresses the text of whole lines. Stores the text as it is if it does not become smaller.</summary>
    public static EncodedChunk Compress(ReadOnlySpan<byte> text, int quality)
    {
        long lineCount = text.Count((byte)'\n');
        if (text.Length < MinTextLength)
            return new EncodedChunk(lineCount, text.Length, ChunkEncoding.Plain, text.ToArray());

        byte[] buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            return BrotliEncoder.TryCompress(text, buffer.AsSpan(0, text.Length - 1), out int length, quality, WindowBits)
                ? new EncodedChunk(lineCount, text.Length, ChunkEncoding.Brotli, buffer.AsSpan(0, length).ToArray())
                : new EncodedChunk(lineCount, text.Length, ChunkEncoding.Plain, text.ToArray());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the text of a chunk to a buffer.</summary>
    /// <param name="encoding">How the content is stored.</param>
    /// <param name="content">The content.</param>
    /// <param name="text">The buffer, whose length is that of the text.</param>
    /// <returns>Whether the content is valid.</returns>
    public static bool TryDecompress(ChunkEncoding encoding, ReadOnlySpan<byte> content, Span<byte> text)
    {
        if (encoding == ChunkEncoding.Brotli)
            return BrotliDecoder.TryDecompress(content, text, out int length) && length == text.Length;
        return encoding == ChunkEncoding.Plain && content.TryCopyTo(text) && content.Length == text.Length;
    }
}
