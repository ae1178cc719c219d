using System.Buffers;
using System.Globalization;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Represents a chunk of a log that was read from the database.</summary>
/// <param name="FirstLine">The number of the first line.</param>
/// <param name="LastLine">The number of the last line.</param>
/// <param name="TextLength">The size of the text in UTF-8, in bytes.</param>
/// <param name="Encoding">How the content is stored.</param>
/// <param name="Content">The content; null if it is stored outside the database.</param>
internal sealed record StoredChunk(long FirstLine, long LastLine, int TextLength, ChunkEncoding Encoding, byte[]? Content)
{
    /// <summary>Gets the number of lines.</summary>
    public long LineCount => LastLine - FirstLine + 1;

    /// <summary>Appends the text of the chunk to a buffer. Reads the content first if it is stored outside the database.</summary>
    /// <param name="logId">The id of the log.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="outside">The store of the content that is outside the database; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="StoreException">The content is missing, or damaged.</exception>
    public async ValueTask WriteTextTo(IBufferWriter<byte> buffer, long logId, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        byte[] content = Content ?? await ReadOutside(logId, outside, cancellationToken).ConfigureAwait(false);
        if (TextLength < 0 || !ChunkCompression.TryDecompress(Encoding, content, buffer.GetSpan(TextLength)[..TextLength]))
            throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The lines {FirstLine} to {LastLine} of the log {logId} are damaged."));
        buffer.Advance(TextLength);
    }

    private async ValueTask<byte[]> ReadOutside(long logId, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        if (outside is null)
            throw new StoreException($"The content of the log {logId} is stored outside the database. Set the option {nameof(BuildDataOptions.StoreLogsIn)} to read it.");
        return await outside.Read(new LogChunkKey(logId, FirstLine, LastLine), cancellationToken).ConfigureAwait(false)
            ?? throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The lines {FirstLine} to {LastLine} of the log {logId} are missing outside the database."));
    }
}
