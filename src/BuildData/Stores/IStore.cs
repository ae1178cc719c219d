namespace BuildData.Stores;

/// <summary>
/// Where the data is kept: the seam that a store implements. It brings connections, transactions, the schema and the transport
/// of events; what is read and written, and all its SQL, comes from the library, in one text for every store but for what its
/// <see cref="SqlDialect"/> says. Chosen with <see cref="BuildDataOptions.UseStore"/>.
/// </summary>
/// <remarks>
/// The tables are those of the scripts in <c>Stores/Sqlite/Schema</c>, in the store's own types: whole numbers of 64 bits and
/// text that compares by code points. All methods are called from any number of threads, after <see cref="Open"/>.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Connects, migrates the schema, registers this master and calls <see cref="StoreContext.StartEvents"/>. Called before
    /// anything else, and again if it failed.
    /// </summary>
    Task Open(CancellationToken cancellationToken);

    /// <summary>Runs a read on a session of its own, which sees what is committed.</summary>
    ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a read on a snapshot, and returns which changes the snapshot includes. The events of those that it does not include are
    /// published after this was called.
    /// </summary>
    ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Takes an update to carry it out, atomically and durably. Its events are published after the commit and before the update
    /// is completed. The token counts until the update is taken up.
    /// </summary>
    void Write(StoreUpdate update, CancellationToken cancellationToken);

    /// <summary>Begins a transaction of several updates. Cancellation counts until it has begun.</summary>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);
}
