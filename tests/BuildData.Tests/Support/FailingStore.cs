using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>A store whose reads can fail, and whose snapshots can come late.</summary>
internal sealed class FailingStore(IStore store) : IStore
{
    private volatile bool _failsReads;
    private volatile bool _failsSnapshots;

    /// <summary>Gets or sets whether reads fail, except those of snapshots.</summary>
    public bool FailsReads
    {
        get => _failsReads;
        set => _failsReads = value;
    }

    /// <summary>Gets or sets whether reads of snapshots fail.</summary>
    public bool FailsSnapshots
    {
        get => _failsSnapshots;
        set => _failsSnapshots = value;
    }

    /// <summary>Gets or sets what happens right before the next snapshot is read.</summary>
    public Func<Task>? BeforeNextSnapshot { get; set; }

    public Task Open(CancellationToken cancellationToken) => store.Open(cancellationToken);

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        ThrowIf(FailsReads);
        return store.Read(read, state, cancellationToken);
    }

    public async ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        ThrowIf(FailsSnapshots);
        Func<Task>? before = BeforeNextSnapshot;
        BeforeNextSnapshot = null;
        if (before is not null)
            await before();
        return await store.ReadAt(read, state, cancellationToken);
    }

    public void Write(StoreUpdate update, CancellationToken cancellationToken) => store.Write(update, cancellationToken);

    public Task MakeDurable(CancellationToken cancellationToken) => store.MakeDurable(cancellationToken);

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) => store.BeginTransaction(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static void ThrowIf(bool fails)
    {
        if (fails)
            throw new StoreException("The store can't be read now.");
    }
}
