using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>A store with something that happens between the end of a read and the moment when its result is there.</summary>
internal sealed class HookedStore(IStore store) : IStore
{
    /// <summary>Called with the result of each read.</summary>
    public Func<object?, Task>? AfterRead { get; set; }

    public Task Open(CancellationToken cancellationToken) => store.Open(cancellationToken);

    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        TResult result = await store.Read(read, state, cancellationToken);
        if (AfterRead is { } hook)
            await hook(result);
        return result;
    }

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        store.ReadAt(read, state, cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken) => store.Write(update, cancellationToken);

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) => store.BeginTransaction(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
