using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Adds the ids that a query has reserved to a queue. Each row of the result has an id in its first column.</summary>
internal sealed class IdEnqueueingSink(Queue<long> ids) : RowSink
{
    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row) => ids.Enqueue(row.GetInt64(0));
}
