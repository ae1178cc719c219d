using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a store: the database that holds the data. A store implements connections, transactions, the schema and the
/// transport of events. The library supplies the SQL of all reads and updates. That SQL is the same for every store, except
/// where the store's <see cref="SqlDialect"/> differs. <see cref="BuildDataOptions.UseStore"/> selects the store.
/// </summary>
/// <remarks>
/// A store has the tables that the scripts in <c>Stores/Sqlite/Schema</c> create. It maps their types to its own: 64-bit integers,
/// and text that is compared by code point. After <see cref="Open"/> has succeeded, any number of threads call all methods
/// concurrently.
/// </remarks>
[Experimental(Seam.DiagnosticId)]
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Connects to the database, migrates the schema, registers this master and calls <see cref="StoreEvents.Start"/>.
    /// </summary>
    /// <remarks>The library calls it before any other method. If it fails, the library may call it again.</remarks>
    /// <param name="cancellationToken">Cancels the opening.</param>
    Task Open(CancellationToken cancellationToken);

    /// <summary>Runs a read on a separate session, which sees the committed data.</summary>
    /// <param name="read">Reads the result from the session and the state.</param>
    /// <param name="state">The second argument of <paramref name="read"/>, so that it needs no closure.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The result of <paramref name="read"/>.</returns>
    ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a read on a snapshot, and returns the position of the snapshot: which changes it includes.
    /// </summary>
    /// <remarks>The events of changes that the snapshot does not include must be published after this method was called.</remarks>
    /// <param name="read">Reads the result from the session and the state.</param>
    /// <param name="state">The second argument of <paramref name="read"/>, so that it needs no closure.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The result of <paramref name="read"/>, and the position of the snapshot.</returns>
    ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Accepts an update and runs it in a transaction, atomically and durably.
    /// </summary>
    /// <remarks>
    /// The store publishes the update's events after the commit. It calls <see cref="StoreRequest.Complete"/> after that.
    /// </remarks>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancels the update. It has no effect once the store has taken the update up.</param>
    void Write(StoreUpdate update, CancellationToken cancellationToken);

    /// <summary>Begins a transaction of several updates.</summary>
    /// <param name="cancellationToken">Cancels the wait for the transaction. It has no effect once the transaction has begun.</param>
    /// <returns>The transaction, which has begun.</returns>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);
}
