using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a store: the database that holds all data, and the code that accesses the database. A store creates the tables, opens
/// connections, runs transactions and publishes events. <see cref="BuildDataOptions.UseStore"/> selects the store.
/// </summary>
/// <remarks>
/// <para>The library contains the SQL of all reads and updates. The SQL is the same for every store, except for the parts that
/// <see cref="SqlDialect"/> defines.</para>
/// <para>Every store has the tables that the scripts in <c>Stores/Sqlite/Schema</c> create. A store may use other column types. An integer
/// has 64 bits, and text is compared by code point.</para>
/// <para>After <see cref="Open"/> has succeeded, any number of threads may call the other methods at the same time.</para>
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Connects to the database, migrates the schema, and adds this process to the table of masters. A master is a process that writes.
    /// Then calls <see cref="StoreEvents.Start"/>.
    /// </summary>
    /// <remarks>The library calls this method before any other method. If this method fails, the library may call it again.</remarks>
    /// <param name="cancellationToken">Cancels this method.</param>
    Task Open(CancellationToken cancellationToken);

    /// <summary>Calls a function that reads committed data. No other code uses the session of the function during the call.</summary>
    /// <param name="read">The function. Its arguments are a session, <paramref name="state"/> and <paramref name="cancellationToken"/>.</param>
    /// <param name="state">
    /// The value that is passed to <paramref name="read"/>. So the function needs no closure. A closure would cost an allocation.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The result of <paramref name="read"/>.</returns>
    ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Calls a function that reads from a snapshot. Also returns the position of the snapshot. The position specifies the changes that the
    /// snapshot includes.
    /// </summary>
    /// <remarks>
    /// The snapshot must include each change whose event was published before this method was called. Otherwise a caller that subscribes
    /// to events, and then calls this method, could miss the change.
    /// </remarks>
    /// <param name="read">The function. Its arguments are a session, <paramref name="state"/> and <paramref name="cancellationToken"/>.</param>
    /// <param name="state">
    /// The value that is passed to <paramref name="read"/>. So the function needs no closure. A closure would cost an allocation.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The result of <paramref name="read"/>, and the position of the snapshot.</returns>
    ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Starts an update. The store runs the update in a transaction, and this method may return before the update has ended.
    /// </summary>
    /// <remarks>
    /// After the commit, the store publishes the events of the update. Then the store calls <see cref="StoreRequest.Complete"/>.
    /// </remarks>
    /// <param name="update">The update.</param>
    /// <param name="cancellationToken">Cancels the update. The token has no effect after the store has begun to run the update.</param>
    void Write(StoreUpdate update, CancellationToken cancellationToken);

    /// <summary>Begins a transaction in which the host program can run several updates.</summary>
    /// <param name="cancellationToken">Cancels this method. The token has no effect after the transaction has begun.</param>
    /// <returns>The transaction.</returns>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);

    /// <summary>
    /// Makes durable what this process can read. When the task has completed, no power cut can undo a change that a read has returned before the
    /// call, whatever <see cref="BuildDataOptions.Durability"/> is.
    /// </summary>
    /// <remarks>The library calls this method before it deletes files that only a change in the database has made useless.</remarks>
    /// <param name="cancellationToken">Cancels this method, if the store has not started it.</param>
    Task MakeDurable(CancellationToken cancellationToken);

    /// <summary>
    /// Returns the current problems of the store. Reads and updates may succeed in spite of these problems. The health check reports them.
    /// The default is an empty list.
    /// </summary>
    /// <returns>A sentence for each problem, such as "The connection that receives notifications is lost.".</returns>
    IReadOnlyList<string> FindProblems() => [];

    /// <summary>
    /// Opens a connection that copies the whole store. The master does not open the store before or afterwards. Migrates the schema. Locks the
    /// store, so that no master can write it until the connection is closed. The default throws <see cref="NotSupportedException"/>.
    /// </summary>
    /// <param name="role">Whether the copy reads or writes the store.</param>
    /// <param name="cancellationToken">Cancels this method.</param>
    /// <returns>The connection, which the caller must dispose.</returns>
    /// <exception cref="StoreInUseException">A master or another copy has the store open.</exception>
    Task<CopyConnection> OpenForCopy(CopyRole role, CancellationToken cancellationToken) =>
        Task.FromException<CopyConnection>(new NotSupportedException($"A store of the type {GetType()} can't be copied."));

    /// <summary>
    /// Backs up the store to a new file, while masters write the store. The default throws <see cref="NotSupportedException"/>.
    /// <see cref="Master.BackupTo"/> describes what the file contains.
    /// </summary>
    /// <param name="file">The full path of the new file.</param>
    /// <param name="cancellationToken">Cancels the backup.</param>
    Task BackupTo(string file, CancellationToken cancellationToken) =>
        Task.FromException(new NotSupportedException($"A store of the type {GetType()} can't be backed up to a file. Use the tools of its database."));
}
