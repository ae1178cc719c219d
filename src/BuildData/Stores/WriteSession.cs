namespace BuildData.Stores;

/// <summary>A connection inside a transaction, for the updates that run in it.</summary>
internal abstract class WriteSession : ReadSession
{
    /// <summary>Runs a constant statement, with the values as its parameters <c>$1</c>, <c>$2</c>, ….</summary>
    public abstract ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values);

    /// <summary>Runs a constant INSERT into a table with a generated id, and returns the id.</summary>
    public abstract ValueTask<long> Insert(string sql, params ReadOnlySpan<SqlValue> values);
}
