using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents the connection through which a copy reads or writes a whole store. While it is open, no master has the store open. Not
/// thread-safe.
/// </summary>
/// <remarks>
/// The connection to a source is always in a transaction, from its opening on, and all its queries see the same rows. The connection to a
/// target is in a transaction between <see cref="Begin"/> and <see cref="Commit"/> or <see cref="Rollback"/>.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class CopyConnection : IAsyncDisposable
{
    // A session can cache statements by reference, so each statement must stay the same object.
    private readonly Dictionary<string, string> _inserts = new(StringComparer.Ordinal);

    /// <summary>Gets the name of the store, for error messages.</summary>
    public abstract string StoreName { get; }

    /// <summary>Gets the session that runs the statements of the copy.</summary>
    public abstract WriteSession Session { get; }

    /// <summary>Begins a transaction in a target.</summary>
    public abstract ValueTask Begin(CancellationToken cancellationToken);

    /// <summary>Commits the transaction. The commit must be durable.</summary>
    public abstract ValueTask Commit(CancellationToken cancellationToken);

    /// <summary>Rolls back the transaction, if one is open.</summary>
    public abstract ValueTask Rollback();

    /// <summary>
    /// Prevents a master from opening the target for the first time, until the transaction ends. Called in the transaction that checks whether
    /// the target is empty. The default does nothing, because <see cref="IStore.OpenForCopy"/> can lock the whole store.
    /// </summary>
    public virtual ValueTask LockMasters(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Inserts rows into a table of the target. The default runs an INSERT for each row.</summary>
    /// <param name="table">The name of the table.</param>
    /// <param name="columns">The names of the columns, the same at each call for the table.</param>
    /// <param name="values">The values: first all columns of the first row, then those of the second row, and so on.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public virtual async ValueTask InsertRows(
        string table, IReadOnlyList<string> columns, ReadOnlyMemory<SqlValue> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (!_inserts.TryGetValue(table, out string? insert))
        {
            insert = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select((_, i) => FormattableString.Invariant($"${i + 1}")))})";
            _inserts.Add(table, insert);
        }

        for (int start = 0; start < values.Length; start += columns.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Session.Execute(insert, values.Span.Slice(start, columns.Count)).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the numbers that the store has assigned.</summary>
    /// <param name="tables">The names of the tables that have a column <c>id</c> whose values the database generates.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public abstract ValueTask<StoreNumbers> ReadNumbers(IReadOnlyList<string> tables, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the target continue with higher numbers than those of the source. Called in a transaction, after all rows were copied.
    /// </summary>
    /// <param name="numbers">The numbers that the source has assigned.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public abstract ValueTask SetNumbers(StoreNumbers numbers, CancellationToken cancellationToken);

    /// <summary>
    /// Updates what the target needs for fast queries, such as the statistics of a planner. Called after all rows were copied, outside a
    /// transaction. The default does nothing.
    /// </summary>
    /// <param name="tables">The names of the copied tables.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public virtual ValueTask Optimize(IReadOnlyList<string> tables, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Converts an error of the database or of its driver to the exception that callers of the library receive.</summary>
    /// <returns>The exception; null if the error is not one of the database.</returns>
    public abstract StoreException? Wrap(Exception error);

    /// <summary>Closes the connection. Rolls back its transaction.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// Throws an exception if a copy into the store has not finished. A store calls this method when it opens, after it has migrated the
    /// schema.
    /// </summary>
    /// <param name="session">A session of the store.</param>
    /// <param name="store">The name of the store.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="UnfinishedCopyException">A copy into the store has not finished.</exception>
    public static async ValueTask ThrowIfUnfinished(ReadSession session, string store, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        SqlBuilder sql = session.Sql().Append("SELECT complete FROM store_copy WHERE complete = 0");
        if ((await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false)).Count > 0)
            throw new UnfinishedCopyException(store);
    }
}
