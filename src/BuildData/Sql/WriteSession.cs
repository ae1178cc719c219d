namespace BuildData.Stores;

/// <summary>
/// Represents a connection inside a transaction, for the updates that run in the transaction.
/// </summary>
/// <remarks>
/// <see cref="Execute"/> may be deferred, provided that later queries of this session see its effect and that the commit fails if it failed.
/// </remarks>
public abstract class WriteSession : ReadSession
{
    /// <summary>Gets the number of calls of <see cref="Execute"/> and <see cref="Insert"/> since the session was created.</summary>
    public abstract long Writes { get; }

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

    /// <summary>Prepares the reservation of ids for later inserts into a table, so that no insert has to query its id.</summary>
    /// <param name="table">The table.</param>
    /// <param name="count">The number of ids to reserve.</param>
    /// <returns>The query that returns the ids, and the sink that receives them; null if no query is needed.</returns>
    public virtual (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count) => null;
}
