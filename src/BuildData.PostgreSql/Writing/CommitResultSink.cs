using System.Data.Common;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Reads the result of a commit: the tickets of the transaction, and the version of the rows that it wrote.</summary>
/// <remarks>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </remarks>
internal sealed class CommitResultSink : RowSink
{
    /// <summary>Gets the tickets that the transaction has drawn, in ascending order.</summary>
    public List<long> Tickets { get; } = new(1);

    /// <summary>Gets the version (xmin) that all rows written by the transaction have.</summary>
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
