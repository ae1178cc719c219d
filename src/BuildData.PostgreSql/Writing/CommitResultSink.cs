using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Collects the tickets of a transaction, and the version of the rows that it has written.</summary>
internal sealed class CommitResultSink : RowSink
{
    public List<long> Tickets { get; } = new(1);

    /// <summary>Gets the version (xmin) of the rows that the transaction has written.</summary>
    public long Version { get; private set; }

    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Tickets.Add(row.GetInt64(0));
        Version = row.GetInt64(1);
    }
}
