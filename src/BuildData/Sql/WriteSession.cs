namespace BuildData.Stores;

/// <summary>
/// A connection inside a transaction, for the updates that run in it. What is executed need not be done at once, if only later
/// queries of the session see it and the commit fails where it failed.
/// </summary>
public abstract class WriteSession : ReadSession
{
    /// <summary>Runs a constant statement, with the values as its parameters <c>$1</c>, <c>$2</c>, ….</summary>
    public abstract ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>
    /// Runs a constant INSERT into a table with a generated id, and returns the id: it is the statement's <c>$1</c>, the values are
    /// its parameters from <c>$2</c> on.
    /// </summary>
    public abstract ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>Provides for inserts into a table that are to come, so that each finds its id without asking for it.</summary>
    /// <returns>The query that brings the ids, and what takes them; null where none is needed.</returns>
    public virtual (SqlBuilder Sql, RowSink Sink)? Reserve(string table, int count) => null;
}
