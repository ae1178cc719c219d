using System.Buffers;
using System.Globalization;
using System.Text;
using BuildData.Resources.Logs.Chunks;
using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Reads lines of a log as one text.</summary>
internal static class LogTextReader
{
    // A .NET string has at most about 1,000,000,000 characters.
    private const long MaxTextLength = 512 * 1024 * 1024;

    private const int ChunksPerRead = 64;

    private const long ContentLengthPerRead = 4 * 1024 * 1024;

    private const byte LineEnd = (byte)'\n';

    /// <summary>Reads whole lines.</summary>
    /// <param name="session">The session.</param>
    /// <param name="log">The log.</param>
    /// <param name="firstLine">The number of the first line.</param>
    /// <param name="count">How many lines. The result has fewer if the log has fewer.</param>
    /// <param name="outside">The store of the lines that are outside the database; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="InvalidQueryException">The lines are too long for one text.</exception>
    /// <exception cref="StoreException">Content is missing, or damaged.</exception>
    public static async ValueTask<string> ReadText(ReadSession session, StepLog log, long firstLine, long count, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> text = await ReadBytes(session, log, firstLine, count, outside, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>Reads all lines. Those of a stdio log come without their stream letters.</summary>
    /// <param name="session">The session.</param>
    /// <param name="log">The log.</param>
    /// <param name="header">The text before the lines.</param>
    /// <param name="outside">The store of the lines that are outside the database; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <inheritdoc cref="ReadText"/>
    public static async ValueTask<string> ReadRaw(ReadSession session, StepLog log, string header, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> text = await ReadBytes(session, log, 0, long.MaxValue, outside, cancellationToken).ConfigureAwait(false);
        if (log.Type != LogType.Stdio)
            return header + Encoding.UTF8.GetString(text.WrittenSpan);

        var raw = new ArrayBufferWriter<byte>(Math.Max(text.WrittenCount, 1));
        for (ReadOnlySpan<byte> rest = text.WrittenSpan; !rest.IsEmpty;)
        {
            ReadOnlySpan<byte> line = rest[..(rest.IndexOf(LineEnd) + 1)];
            raw.Write(StdioLine.WithoutStream(line));
            rest = rest[line.Length..];
        }

        return header + Encoding.UTF8.GetString(raw.WrittenSpan);
    }

    private static async ValueTask<ArrayBufferWriter<byte>> ReadBytes(
        ReadSession session, StepLog log, long firstLine, long count, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        var text = new ArrayBufferWriter<byte>();
        long lastLine = Math.Min(count, log.NumLines - Math.Min(firstLine, log.NumLines)) + firstLine - 1;
        for (long next = firstLine; next <= lastLine && log.Type != LogType.Removed;)
        {
            List<StoredChunk> chunks = await ChunkReader.Read(session, log.LogId, next, lastLine, ChunksPerRead, ContentLengthPerRead, cancellationToken).ConfigureAwait(false);
            if (chunks.Count == 0 || chunks[0].FirstLine > next)
                throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The lines of the log {log.LogId} from {next} on are missing."));

            foreach (StoredChunk chunk in chunks)
            {
                await AppendLines(text, chunk, log.LogId, Math.Max(next, chunk.FirstLine), lastLine, outside, cancellationToken).ConfigureAwait(false);
                if (text.WrittenCount > MaxTextLength)
                    throw new InvalidQueryException("limit", $"the lines have more than {MaxTextLength} bytes. Set a smaller limit, or read the lines with Logs.Lines.");
                next = chunk.LastLine + 1;
            }
        }

        return text;
    }

    private static async ValueTask AppendLines(
        ArrayBufferWriter<byte> text, StoredChunk chunk, long logId, long firstLine, long lastLine, ILogChunkStore? outside, CancellationToken cancellationToken)
    {
        if (firstLine == chunk.FirstLine && lastLine >= chunk.LastLine)
        {
            await chunk.WriteTextTo(text, logId, outside, cancellationToken).ConfigureAwait(false);
            return;
        }

        var all = new ArrayBufferWriter<byte>(chunk.TextLength);
        await chunk.WriteTextTo(all, logId, outside, cancellationToken).ConfigureAwait(false);
        text.Write(LineRange.Slice(all.WrittenSpan, firstLine - chunk.FirstLine, Math.Min(lastLine, chunk.LastLine) - firstLine + 1));
    }
}
