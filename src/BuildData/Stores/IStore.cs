namespace BuildData.Stores;

/// <summary>Where the data is kept. Statements are the same for every store but for what its <see cref="SqlDialect"/> says.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>Connects, migrates the schema and registers this master. Called once, before anything else.</summary>
    Task Open(CancellationToken cancellationToken);

    /// <summary>Runs a read on a session of its own.</summary>
    ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a read on a snapshot that has all changes up to a sequence number and none that came later. The events of what came
    /// later are published after this was called.
    /// </summary>
    ValueTask<(TResult Result, long Sequence)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken);

    /// <summary>
    /// Runs one update, atomically and durably. Its events are published after the commit and before the task completes.
    /// Cancellation counts until the update is taken up.
    /// </summary>
    Task<TResult> Write<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, CancellationToken cancellationToken);

    /// <summary>Begins a transaction of several updates. Cancellation counts until it has begun.</summary>
    Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken);
}
