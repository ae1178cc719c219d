using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Passes updates to the store of a master, which it opens first if need be.</summary>
internal interface IUpdateWriter
{
    /// <summary>Gets whether updates can be passed to the store at once.</summary>
    bool TakesUpdates { get; }

    /// <summary>Opens the store, if it is not open.</summary>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    ValueTask EnsureTakesUpdates(CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.Write"/>
    void Write(StoreUpdate update, CancellationToken cancellationToken);

    /// <inheritdoc cref="IStore.BeginTransaction"/>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);
}
