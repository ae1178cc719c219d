using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Defines the parts of SQL statements that differ between databases. The defaults are for SQLite.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public class SqlDialect
{
    /// <summary>
    /// Gets the name of the SQL function <c>f(text, substring)</c>. The function returns 0 if the text does not contain the substring.
    /// Otherwise the function returns the position of the substring. The first position is 1.
    /// </summary>
    public virtual string PositionFunction => "instr";

    /// <summary>
    /// Gets whether the store lets several connections write to the database at the same time. If true, an update locks a row before it
    /// changes the row.
    /// </summary>
    public virtual bool HasSeveralWriters => false;

    /// <summary>
    /// Gets whether the database chooses between indexes by statistics of the rows. If true, its choice can be wrong for rows that are unlike
    /// most others, and the library writes a statement such that only the right index fits. The default is false.
    /// </summary>
    public virtual bool ChoosesIndexesByStatistics => false;

    /// <summary>
    /// Gets whether the store can skip sequence numbers of events. If true, a missing number does not mean that an event was lost.
    /// </summary>
    public virtual bool HasSequenceGaps => false;

    /// <summary>
    /// Gets whether a subquery in FROM can refer to columns of a table before it, if the word <c>LATERAL</c> precedes the subquery.
    /// </summary>
    public virtual bool HasLateralSubqueries => false;

    /// <summary>
    /// Returns a clause for the end of a SELECT, such as <c>FOR UPDATE</c>. The clause locks the selected rows of one table until the
    /// transaction ends. The default is an empty text.
    /// </summary>
    /// <param name="alias">The alias of the table.</param>
    /// <param name="skipsLocked">Whether to skip rows that other transactions have locked, instead of waiting for them.</param>
    public virtual string LockRows(string alias, bool skipsLocked = false) => "";

    /// <summary>
    /// Returns a clause for the end of a SELECT. The clause locks the selected rows of one table, because the transaction will remove these
    /// rows. The clause must skip rows that another transaction has locked, and rows to which another transaction is adding references. The
    /// default is an empty text.
    /// </summary>
    /// <param name="alias">The alias of the table.</param>
    public virtual string LockRowsToRemove(string alias) => "";

    /// <summary>
    /// Returns the SQL expression for the version of a row. The version is a number that changes with each change of the row. The library
    /// uses the expression only if <see cref="HasSeveralWriters"/> is true.
    /// </summary>
    /// <param name="alias">The alias of the table.</param>
    public virtual string RowVersion(string alias) => "0";

    /// <summary>
    /// Gets an SQL condition that is true for every 64th event, or for a similar sample of the events. The search for expired events uses a
    /// partial index of this sample, ordered by time. The partial index must have the same condition.
    /// </summary>
    public virtual string SampledEventsCondition => "sequence % 64 = 0";

    /// <summary>
    /// Appends the rest of a condition that begins with a column: the column contains one of several ids. All ids are one parameter, so that
    /// statements with different numbers of ids have the same text. The condition must be able to use an index of the column.
    /// </summary>
    /// <param name="sql">The statement. Its last word is the column.</param>
    /// <param name="ids">The ids as a JSON array, such as <c>[5,7]</c>.</param>
    public virtual void AppendIsOneOf(SqlBuilder sql, string ids)
    {
        ArgumentNullException.ThrowIfNull(sql);
        sql.Append(" IN (SELECT value FROM json_each(").Value(ids).Append("))");
    }

    /// <summary>Gets the type of a primary key column whose values the database generates.</summary>
    public virtual string IdType => "INTEGER PRIMARY KEY";

    /// <summary>
    /// Gets the type of a column with ids that the database generates, and that it never uses again, even if the row with the highest id was
    /// removed.
    /// </summary>
    public virtual string IdUsedOnceType => "INTEGER PRIMARY KEY AUTOINCREMENT";

    /// <summary>Gets the type of a column with whole numbers of 64 bits.</summary>
    public virtual string IntegerType => "INTEGER";

    /// <summary>Gets the type of a column with texts. Texts must compare by their code points.</summary>
    public virtual string TextType => "TEXT";

    /// <summary>Gets the type of a column with bytes.</summary>
    public virtual string BytesType => "BLOB";

    /// <summary>
    /// Gets the text that ends CREATE TABLE, after the closing parenthesis, so that the rows are stored in the order of the primary key. Empty
    /// if the database can't do that.
    /// </summary>
    public virtual string KeyOrderedTable => " WITHOUT ROWID";

    /// <summary>Gets the text that follows a column in ORDER BY if the order is ascending. The text must put nulls first.</summary>
    public virtual string AscendingNulls => "";

    /// <summary>Gets the text that follows a column in ORDER BY if the order is descending. The text must put nulls last.</summary>
    public virtual string DescendingNulls => " DESC";
}
