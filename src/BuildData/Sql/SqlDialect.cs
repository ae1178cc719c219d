namespace BuildData.Stores;

/// <summary>What stores' SQL does not agree on. The defaults are SQLite's.</summary>
public class SqlDialect
{
    /// <summary>Opens the test whether a text contains another, both to be given as arguments: positive if so.</summary>
    public virtual string PositionFunction => "instr";

    /// <summary>Whether others may write the database at the same time. Then rows are locked before they are changed.</summary>
    public virtual bool HasSeveralWriters => false;

    /// <summary>Whether sequence numbers of events have gaps where no event is missing.</summary>
    public virtual bool HasNumberGaps => false;

    /// <summary>Comes behind a SELECT, to lock the rows of the table of this alias until the transaction ends.</summary>
    /// <param name="alias">The alias.</param>
    /// <param name="skipsLocked">Whether to leave out rows that others have locked instead of waiting for them.</param>
    public virtual string LockRows(string alias, bool skipsLocked = false) => "";

    /// <summary>A number that changes whenever a row is changed, of the row of the table of this alias. For stores with several writers.</summary>
    public virtual string RowVersion(string alias) => "0";

    /// <summary>A condition that is true of one event in many, of the column <c>sequence</c>, for which there is a partial index.</summary>
    public virtual string SampledEvents => "sequence % 64 = 0";

    /// <summary>Comes behind an ascending order, to put nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Comes behind a descending order, to put nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
