using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Reads the result of a commit: the tickets of the transaction, and the version of the rows that it wrote.</summary>
internal sealed class CommitResultSink : RowSink
{
    /// <summary>Gets the tickets of the transaction, in ascending order.</summary>
    public List<long> Tickets { get; } = new(1);

    /// <summary>Gets the version (xmin) of the rows that the transaction wrote.</summary>
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
