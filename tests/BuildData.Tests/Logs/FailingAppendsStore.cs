using BuildData.Resources.Logs.Chunks;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Tests;

/// <summary>A store in which updates that add lines to logs, or finish logs, can fail.</summary>
internal sealed class FailingAppendsStore(IStore store) : IStore
{
    private volatile FailureOfAppends _failure;
    private int _failed;

    /// <summary>Gets or sets how appends fail.</summary>
    public FailureOfAppends Failure
    {
        get => _failure;
        set => _failure = value;
    }

    /// <summary>Gets how many appends have failed.</summary>
    public int Failed => Volatile.Read(ref _failed);

    public Task Open(CancellationToken cancellationToken) => store.Open(cancellationToken);

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) => store.Read(read, state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) => store.ReadAt(read, state, cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        if (Failure == FailureOfAppends.None || update is not UpdateCall<(long, EncodedLines, long?), AppendedLines>)
        {
            store.Write(update, cancellationToken);
            return;
        }

        if (Failure == FailureOfAppends.AfterCommit)
        {
            store.Write(new UpdateWithUnknownOutcome(this, update), cancellationToken);
            return;
        }

        update.Fail(new StoreException("The disk is full."));
        Complete(update);
    }

    public Task MakeDurable(CancellationToken cancellationToken) => store.MakeDurable(cancellationToken);

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) => store.BeginTransaction(cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private void Complete(StoreUpdate update)
    {
        Interlocked.Increment(ref _failed);
        update.Complete();
    }

    /// <summary>Is stored, and fails nevertheless.</summary>
    private sealed class UpdateWithUnknownOutcome(FailingAppendsStore store, StoreUpdate update) : StoreUpdate
    {
        public override ValueTask Run(UpdateContext context) => update.Run(context);

        public override void Complete()
        {
            update.Fail(new StoreException("The connection was lost.") { IsOutcomeUnknown = true });
            store.Complete(update);
        }

        internal override void FillPlan(PrefetchPlan plan) => update.FillPlan(plan);

        protected override void Cancel(CancellationToken token) => throw new NotSupportedException();
    }
}

/// <summary>Specifies how appends fail.</summary>
internal enum FailureOfAppends
{
    /// <summary>They do not fail.</summary>
    None,

    /// <summary>They store nothing.</summary>
    BeforeCommit,

    /// <summary>They store the lines, but the outcome is unknown to the caller.</summary>
    AfterCommit,
}
