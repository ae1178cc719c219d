using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a connection that has an open transaction. The updates of the transaction use the session.
/// </summary>
/// <remarks>
/// A store may send the statement of <see cref="Execute"/> later. Later queries of the session must nevertheless see its effect. If the
/// statement fails, the commit must fail too.
/// </remarks>
[Experimental(Seam.DiagnosticId)]
public abstract class WriteSession : ReadSession
{
    /// <summary>Gets the number of calls of <see cref="Execute"/> and <see cref="Insert"/> since the session was created.</summary>
    public abstract long WriteCount { get; }

    /// <summary>Runs a constant statement with parameters.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="values">The values of the parameters <c>$1</c>, <c>$2</c>, and so on.</param>
    public abstract ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>
    /// Runs a constant INSERT into a table with generated ids.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="sql">The statement. Its parameter <c>$1</c> is the generated id.</param>
    /// <param name="values">The values of the parameters from <c>$2</c>.</param>
    /// <returns>The generated id.</returns>
    public abstract ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>
    /// Returns a query that reserves ids for later calls of <see cref="Insert"/> on a table. The caller runs the query. Those calls then
    /// need no query for an id.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="count">The number of ids to reserve.</param>
    /// <returns>The query that returns the ids, and the sink that receives them; null if no query is needed.</returns>
    public virtual (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count) => null;
}
