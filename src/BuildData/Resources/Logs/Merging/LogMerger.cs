using System.Buffers;
using BuildData.Resources.Logs.Chunks;
using BuildData.Updating;

namespace BuildData.Resources.Logs.Merging;

/// <summary>
/// Replaces the chunks of finished logs by fewer and larger ones, which are compressed better. If the host program stores logs outside the
/// database, writes the large chunks there.
/// </summary>
/// <remarks>
/// The text of a few chunks is read and compressed outside a transaction. Then one update replaces these chunks. So the store is busy for a short
/// time, and an interruption loses no line: the next merge continues after the last merged line. A chunk that was written outside the database
/// before an interruption is written again under the same key.
/// </remarks>
/// <param name="writer">Reads from the store.</param>
/// <param name="replace">Runs the update that replaces chunks. Returns false if the log has changed meanwhile.</param>
/// <param name="outside">The store outside the database; null if there is none.</param>
internal sealed class LogMerger(IUpdateWriter writer, Func<long, MergedChunk, CancellationToken, Task<bool>> replace, ILogChunkStore? outside)
{
    /// <summary>
    /// The size from which a log with one chunk is compressed again, in bytes of text. For a smaller one, this would cost more than it saves.
    /// </summary>
    public const long MinTextLength = 4 * 1024;

    // The larger a chunk, the better it is compressed, and the longer it takes to read a single line of it.
    private const int WantedTextLength = 512 * 1024;

    private const int ChunksPerRead = 64;

    private const long ContentLengthPerRead = 4 * 1024 * 1024;

    /// <summary>Merges the chunks of a finished log.</summary>
    /// <param name="log">The id of the log, and how many of its lines are in merged chunks.</param>
    /// <param name="cancellationToken">Cancels the merge. What was replaced stays.</param>
    /// <exception cref="BuildDataException">The store can't be read or written, or content is damaged.</exception>
    public async Task Merge(LogToMerge log, CancellationToken cancellationToken)
    {
        var text = new ArrayBufferWriter<byte>(WantedTextLength);
        long first = log.MergedLines;
        long next = first;
        int count = 0;
        while (next < log.NumLines)
        {
            List<StoredChunk> chunks = await writer.Read(
                static (session, args, token) => ChunkReader.Read(session, args.LogId, args.next, long.MaxValue, ChunksPerRead, ContentLengthPerRead, token), (log.LogId, next), cancellationToken).ConfigureAwait(false);
            if (chunks.Count == 0)
                return;

            foreach (StoredChunk chunk in chunks)
            {
                // The chunks were removed, or another master merges them.
                if (chunk.FirstLine != next)
                    return;
                if (count > 0 && text.WrittenCount + (long)chunk.TextLength > WantedTextLength)
                {
                    if (!await Replace(log.LogId, first, next - 1, count, text.WrittenMemory, cancellationToken).ConfigureAwait(false))
                        return;
                    text.ResetWrittenCount();
                    (first, count) = (next, 0);
                }

                await chunk.WriteTextTo(text, log.LogId, outside, cancellationToken).ConfigureAwait(false);
                next = chunk.LastLine + 1;
                count++;
            }
        }

        if (count > 0)
            await Replace(log.LogId, first, next - 1, count, text.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> Replace(long logId, long firstLine, long lastLine, int count, ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        EncodedChunk chunk = ChunkCompression.Compress(text.Span, ChunkCompression.MergeQuality);
        if (outside is not null)
            await outside.Write(new LogChunkKey(logId, firstLine, lastLine), chunk.Content, cancellationToken).ConfigureAwait(false);
        return await replace(logId, new MergedChunk(firstLine, lastLine, count, chunk, IsOutside: outside is not null), cancellationToken).ConfigureAwait(false);
    }
}
