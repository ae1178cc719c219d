using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a database connection that reads and writes in a transaction. The store begins and ends the transaction.
/// </summary>
/// <remarks>
/// <see cref="Execute"/> and <see cref="Insert"/> may return before the database runs the statement. But later queries of the session must
/// see the changes that the statement makes. If the statement fails, a later call or the commit must throw the error.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class WriteSession : ReadSession
{
    /// <summary>Gets the number of statements that were passed to <see cref="Execute"/> and <see cref="Insert"/> since the session was created.</summary>
    public abstract long WriteCount { get; }

    /// <summary>Runs a statement that returns no rows, such as an UPDATE.</summary>
    /// <param name="sql">The statement. It must be a constant, because a store may cache statements by reference.</param>
    /// <param name="values">The values of the parameters <c>$1</c>, <c>$2</c>, and so on.</param>
    public abstract ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>
    /// Runs an INSERT that adds one row. The store generates the id of the row.
    /// </summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="sql">
    /// The statement, which must be a constant. The parameter <c>$1</c> of the statement is the id that the store generates.
    /// </param>
    /// <param name="values">The values of the other parameters: <c>$2</c>, <c>$3</c>, and so on.</param>
    /// <returns>The id of the row.</returns>
    public abstract ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>
    /// Returns a query that reserves ids for rows of a table. This method does not run the query. If the caller runs the query, later calls
    /// of <see cref="Insert"/> use the reserved ids, and need no round trip to get an id.
    /// </summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="count">The number of ids to reserve.</param>
    /// <returns>The query, and the sink that receives the ids; null if no query is needed.</returns>
    public virtual (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count) => null;

    /// <summary>
    /// Removed rows leave unused space in the database file. Returns a small part of this space to the file system. Does nothing if the
    /// database returns unused space without this call.
    /// </summary>
    /// <returns>Whether another call would return more space.</returns>
    public virtual ValueTask<bool> ReturnUnusedSpace() => new(false);
}
