using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Reads the server's answer to a commit. The answer contains the tickets of the transaction, and the version of the rows that the
/// transaction wrote.
/// </summary>
/// <remarks>
/// A ticket is a number that reserves 1,024 event numbers for one transaction. The version of a row is its xmin: the id of the
/// transaction that last wrote the row.
/// </remarks>
internal sealed class CommitResultSink : RowSink
{
    /// <summary>
    /// Gets the tickets of the transaction, in ascending order. A ticket is a number that reserves 1,024 event numbers for one
    /// transaction.
    /// </summary>
    public List<long> Tickets { get; } = new(1);

    /// <summary>Gets the version (xmin) of the rows that the transaction wrote outside savepoints.</summary>
    public long WrittenRowVersion { get; private set; }

    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Tickets.Add(row.GetInt64(0));
        WrittenRowVersion = row.GetInt64(1);
    }
}
