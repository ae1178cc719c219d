using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Adds the first column of each row, an id, to a queue.</summary>
internal sealed class ReservedIdSink(Queue<long> ids) : RowSink
{
    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row) => ids.Enqueue(row.GetInt64(0));
}
