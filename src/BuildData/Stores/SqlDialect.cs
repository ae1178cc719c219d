namespace BuildData.Stores;

/// <summary>What stores' SQL does not agree on. The defaults are SQLite's.</summary>
public class SqlDialect
{
    /// <summary>Opens the test whether a text contains another, both to be given as arguments: positive if so.</summary>
    public virtual string PositionFunction => "instr";

    /// <summary>Whether others may write the database at the same time. Then rows are locked before they are changed.</summary>
    public virtual bool HasSeveralWriters => false;

    /// <summary>Comes behind a SELECT, to lock the rows of the table of this alias until the transaction ends.</summary>
    public virtual string LockRows(string alias) => "";

    /// <summary>Comes behind an ascending order, to put nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Comes behind a descending order, to put nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
