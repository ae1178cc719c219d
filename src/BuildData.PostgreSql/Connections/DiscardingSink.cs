using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Ignores all rows of a query's result.</summary>
internal sealed class DiscardingSink : RowSink
{
    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
    }
}
