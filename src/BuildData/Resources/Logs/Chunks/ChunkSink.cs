using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Collects the chunks that a query returns.</summary>
/// <param name="maxContentLength">When the content of the chunks has this size, in bytes, the sink ignores further chunks.</param>
/// <param name="firstLine">The number of the first line. The sink ignores a chunk that ends before this line.</param>
internal sealed class ChunkSink(long maxContentLength, long firstLine) : RowSink
{
    private long _contentLength;

    public List<StoredChunk> Chunks { get; } = [];

    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);

        // The chunk before the first line can end before it too, if the log has no such line.
        long lastLine = row.GetInt64(1);
        if (_contentLength >= maxContentLength || lastLine < firstLine)
            return;
        byte[]? content = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4);
        _contentLength += content?.Length ?? 0;
        Chunks.Add(new StoredChunk(row.GetInt64(0), lastLine, (int)row.GetInt64(2), (ChunkEncoding)row.GetInt64(3), content));
    }
}
