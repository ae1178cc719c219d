using System.Data.Common;

namespace BuildData.Stores;

/// <summary>Receives the rows of one statement while they are read.</summary>
public abstract class RowSink
{
    /// <summary>Prepares for the rows. Called before the first row.</summary>
    public abstract void Open(RowParsers parsers);

    /// <summary>Receives a row. Called once for each row, with the reader positioned on it.</summary>
    public abstract void Add(DbDataReader row);
}
