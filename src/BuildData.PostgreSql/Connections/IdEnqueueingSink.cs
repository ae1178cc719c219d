using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Adds the id in the first column of each result row to a queue.</summary>
internal sealed class IdEnqueueingSink(Queue<long> ids) : RowSink
{
    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row) => ids.Enqueue(row.GetInt64(0));
}
