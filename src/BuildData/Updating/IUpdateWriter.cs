using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Passes updates to the store of a master.</summary>
internal interface IUpdateWriter
{
    /// <summary>
    /// Gets whether the store is open and the master is not disposed. If true, the caller can pass updates to the store immediately.
    /// </summary>
    bool IsStoreOpen { get; }

    /// <summary>Opens the store, if it is not open.</summary>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    ValueTask EnsureStoreIsOpen(CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.Write"/>
    void Write(StoreUpdate update, CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.Read"/>
    ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.MakeDurable"/>
    Task MakeDurable(CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.BeginTransaction"/>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);
}
