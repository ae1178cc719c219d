using BuildData.Stores;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Reads the chunks of a log. A merge can replace chunks between two reads, but each line keeps its number.</summary>
internal static class ChunkReader
{
    /// <summary>Reads the chunks with the lines from one number to another, in order.</summary>
    /// <param name="session">The session.</param>
    /// <param name="logId">The id of the log.</param>
    /// <param name="firstLine">The number of the first line. The first chunk can begin earlier.</param>
    /// <param name="lastLine">The number of the last line. The last chunk can end later.</param>
    /// <param name="limit">The maximum number of chunks.</param>
    /// <param name="maxContentLength">
    /// When the content of the chunks has this size, in bytes, no further chunks are returned. The result has at least one chunk if there is one.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<StoredChunk>> Read(
        ReadSession session, long logId, long firstLine, long lastLine, int limit, long maxContentLength, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT first_line, last_line, num_bytes, encoding, content FROM log_chunks
            WHERE log_id = {logId} AND first_line <= {lastLine} AND first_line >= coalesce(
                (SELECT first_line FROM log_chunks WHERE log_id = {logId} AND first_line <= {firstLine} ORDER BY first_line DESC LIMIT 1), {firstLine})
            ORDER BY first_line LIMIT {limit} + 0
            """);
        var sink = new ChunkSink(maxContentLength, firstLine);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        return sink.Chunks;
    }
}
