using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Receives the rows of one query. A session reads the rows, and passes each row to the sink at once.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class RowSink
{
    /// <summary>Gets the parsers that the sink needs. The session calls this method once, before the first row.</summary>
    /// <param name="parsers">Creates the functions that convert a row to an object.</param>
    public abstract void Open(RowParsers parsers);

    /// <summary>Receives one row. The session calls this method once for each row.</summary>
    /// <param name="row">The reader of the query, positioned on the row. After the call, the session moves the reader to the next row.</param>
    public abstract void Add(DbDataReader row);
}
