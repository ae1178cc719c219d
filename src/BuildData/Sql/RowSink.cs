using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Receives the rows of one statement while they are read.</summary>
[Experimental(Seam.DiagnosticId)]
public abstract class RowSink
{
    /// <summary>Prepares the sink for the rows. The session calls this once, before the first row.</summary>
    public abstract void Open(RowParsers parsers);

    /// <summary>Receives a row. The session calls this once for each row, with the reader positioned on that row.</summary>
    public abstract void Add(DbDataReader row);
}
