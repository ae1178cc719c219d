namespace BuildData.Stores;

/// <summary>Defines the SQL that differs between stores. The defaults are those of SQLite.</summary>
public class SqlDialect
{
    /// <summary>Gets the name of the function that returns the position of a substring in a text, from 1; 0 if the text does not contain it.</summary>
    public virtual string PositionFunction => "instr";

    /// <summary>Gets whether other connections may write to the database at the same time. If so, rows are locked before they are changed.</summary>
    public virtual bool HasSeveralWriters => false;

    /// <summary>Gets whether the sequence numbers of events can have gaps although no event is missing.</summary>
    public virtual bool HasNumberGaps => false;

    /// <summary>Returns the clause at the end of a SELECT that locks the rows of a table until the transaction ends.</summary>
    /// <param name="alias">The alias of the table.</param>
    /// <param name="skipsLocked">Whether to skip rows that other transactions have locked, instead of waiting for them.</param>
    public virtual string LockRows(string alias, bool skipsLocked = false) => "";

    /// <summary>Returns the expression for a row's version: a number that changes whenever the row is changed. Used only if the store has several writers.</summary>
    /// <param name="alias">The alias of the row's table.</param>
    public virtual string RowVersion(string alias) => "0";

    /// <summary>Gets the condition on the column <c>sequence</c> that selects a sample of events. It must match the condition of the partial index.</summary>
    public virtual string SampledEvents => "sequence % 64 = 0";

    /// <summary>Gets the suffix of an ascending order that puts nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Gets the suffix of a descending order that puts nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
