using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Defines the SQL that differs between stores. The defaults are those of SQLite.</summary>
[Experimental(Seam.DiagnosticId)]
public class SqlDialect
{
    /// <summary>Gets the name of the function that returns the position of a substring in a text, from 1; 0 if the text does not contain it.</summary>
    public virtual string PositionFunction => "instr";

    /// <summary>Gets whether several connections may write to the database at the same time. If true, an update locks a row before it changes the row.</summary>
    public virtual bool HasSeveralWriters => false;

    /// <summary>Gets whether the sequence numbers of events can have gaps although no event is missing.</summary>
    public virtual bool HasNumberGaps => false;

    /// <summary>
    /// Returns the clause that is appended to a SELECT to lock the rows that the SELECT returns from a table. The rows stay locked until the
    /// transaction ends. The default is no clause.
    /// </summary>
    /// <param name="alias">The alias of the table.</param>
    /// <param name="skipsLocked">Whether to skip rows that other transactions have locked, instead of waiting for them.</param>
    public virtual string LockRows(string alias, bool skipsLocked = false) => "";

    /// <summary>
    /// Returns the expression for a row's version: a number that changes whenever the row is changed. The library uses the version only if
    /// the store has several writers.
    /// </summary>
    /// <param name="alias">The alias of the row's table.</param>
    public virtual string RowVersion(string alias) => "0";

    /// <summary>
    /// Gets the condition on the column <c>sequence</c> that selects a sample of events. The partial index on the time of events must have
    /// the same condition.
    /// </summary>
    public virtual string SampledEvents => "sequence % 64 = 0";

    /// <summary>Gets the type of a primary key column whose values the database generates.</summary>
    public virtual string IdType => "INTEGER PRIMARY KEY";

    /// <summary>Gets the type of a column with whole numbers of 64 bits.</summary>
    public virtual string IntegerType => "INTEGER";

    /// <summary>Gets the type of a column with texts. Texts must compare by their code points.</summary>
    public virtual string TextType => "TEXT";

    /// <summary>Gets the text after a column in ORDER BY that makes the order ascending with nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Gets the text after a column in ORDER BY that makes the order descending with nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
