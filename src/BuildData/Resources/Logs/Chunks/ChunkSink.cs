using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Resources.Logs.Chunks;

/// <summary>Collects the chunks that a query returns.</summary>
internal sealed class ChunkSink : RowSink
{
    public List<StoredChunk> Chunks { get; } = [];

    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Chunks.Add(new StoredChunk(
            row.GetInt64(0), row.GetInt64(1), (int)row.GetInt64(2), (ChunkEncoding)row.GetInt64(3), row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4)));
    }
}
