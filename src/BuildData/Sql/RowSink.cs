using System.Data.Common;

namespace BuildData.Stores;

/// <summary>Takes the rows of one statement as they come.</summary>
public abstract class RowSink
{
    /// <summary>Called before the first row.</summary>
    public abstract void Open(RowParsers parsers);

    /// <summary>Called with the reader on each row.</summary>
    public abstract void Add(DbDataReader row);
}
