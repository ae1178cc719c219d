using System.Collections.Concurrent;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>A store whose reads can do something between their end and the moment when the caller gets their result.</summary>
internal sealed class StoreWithDelayedReads(IStore store) : IStore
{
    private readonly ConcurrentQueue<Func<Task>> _afterNextReads = new();

    /// <summary>Sets what the next reads do when they have ended: the first read the first of the actions, and so on.</summary>
    public void AfterNextReads(params ReadOnlySpan<Func<Task>> actions)
    {
        foreach (Func<Task> action in actions)
            _afterNextReads.Enqueue(action);
    }

    public Task Open(CancellationToken cancellationToken) => store.Open(cancellationToken);

    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        TResult result = await store.Read(read, state, cancellationToken);
        if (_afterNextReads.TryDequeue(out Func<Task>? action))
            await action();
        return result;
    }

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        store.ReadAt(read, state, cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken) => store.Write(update, cancellationToken);

    public Task MakeDurable(CancellationToken cancellationToken) => store.MakeDurable(cancellationToken);

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) => store.BeginTransaction(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
